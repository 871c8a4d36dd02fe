"""Who sends whom where, as a picture, with the table beside it."""

from flask import render_template

from services.exchange.placements.policies import MAY
from services.exchange.placements.queries.drawing import drawn
from services.exchange.placements.queries.flows import Between, flows
from services.exchange.placements.ui.asking import asker, blueprint, school_year, today
from shared.web.edge import reading
from shared.web.lists import listing
from shared.web.scopes import scopes

#: School years that can be looked at; the form offers the latest of them.
_BACK, _OFFERED = 60, 5


@blueprint.get("/flows")
@MAY["see"]
def picture() -> str:
    """Flows of a school year between regions, or with `?between=schools` between schools."""
    wanted = listing(sorts=("number",), filters=("year", "between"), default="-number")
    now = school_year(today())
    years = [str(each) for each in range(now + 1, now - _BACK, -1)]
    year = int(said) if (said := wanted.get("year")) in years else now
    between: Between = "schools" if wanted.get("between") == "schools" else "regions"
    with reading() as db:
        found = flows(db, asker(db), year=year, between=between, scopes=scopes())
    return render_template(
        "exchange/flows.html",
        wanted=wanted,
        found=found,
        picture=drawn(found),
        year=year,
        between=between,
        years=[(each, f"{each}–{int(each) + 1}") for each in years[:_OFFERED]],
    )
