"""The form of a new placement, or of a pair of them."""

from uuid import UUID

import sqlalchemy as sa
from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.exchange.agreements.queries import usable
from services.exchange.placements.commands import propose_pair, propose_placement
from services.exchange.placements.model import KINDS
from services.exchange.placements.policies import MAY
from services.exchange.placements.queries.choosing import all_schools, home_schools, teachers_of
from services.exchange.placements.schemas import NAMES, Proposal, ProposalSchema
from services.exchange.placements.ui.asking import (
    Page,
    asker,
    blueprint,
    errors_of,
    school_year,
    today,
    who_asks,
)
from shared.errors import Forbidden, Invalid, Refusal
from shared.ids import uuid7
from shared.roster import roster_people
from shared.text import Sentence
from shared.web.edge import command, reading
from shared.web.rendering import say


@blueprint.get("/placements/new")
@MAY["propose"]
def new() -> Page:
    """The form, for the school year that comes next."""
    year = school_year(today())
    usual = {"kind": "support_teaching", "starts_on": f"{year + 1}-09-01", "ends_on": f"{year + 2}-07-15"}
    return _form({**usual, **request.args.to_dict()})


@blueprint.post("/placements")
@MAY["propose"]
def propose() -> Page | Response:
    """Propose it and show it; schools that were chosen anew show their teachers first."""
    typed = {name: text.strip() for name, text in request.form.items()}
    if "more" in typed:
        return _form(typed)
    who, ids = who_asks(), (uuid7(), uuid7())
    try:
        said = {name: text for name, text in typed.items() if text and name != "pair"}
        asked: Proposal = ProposalSchema().load(said)
        if asked.other_person_id:
            command(lambda tx: propose_pair(tx, ids=ids, plans=(asked.plan, asked.back), asker=who)[0].id)
        else:
            command(lambda tx: propose_placement(tx, id_=ids[0], plan=asked.plan, asker=who).id)
    except (ValidationError, Invalid, Forbidden) as error:
        return _form(typed, errors=errors_of(error))
    except Refusal as error:
        return _form(typed, refused=error.sentence)
    return redirect(url_for("placements.page", placement_id=ids[0]), 303)


def _form(
    typed: dict[str, str], *, errors: dict[str, Sentence] | None = None, refused: Sentence | None = None
) -> Page:
    with reading() as db:
        who = asker(db)
        own = None
        if who.person_id is not None:
            own = db.scalar(
                sa.select(roster_people.c.school_id).where(roster_people.c.person_id == who.person_id)
            )
        homes = home_schools(db, who, own)
        if not typed.get("origin_school_id") and len(homes) == 1:
            typed["origin_school_id"] = str(homes[0].id)
        allowed = {school.id for school in homes}
        origin = _id(typed.get("origin_school_id", ""))
        teachers = teachers_of(db, origin if origin in allowed else None)
        if not (who.scopes or origin in who.schools):  # a teacher proposes nobody but themselves
            teachers = [each for each in teachers if each.id == who.person_id]
        swapped = typed.get("pair") == "yes"
        others = teachers_of(db, _id(typed.get("host_school_id", ""))) if swapped else []
        hosts = all_schools(db)
        agreements = usable(db, who, today=today())
    html = render_template(
        "exchange/propose.html",
        typed=typed,
        homes=homes,
        hosts=hosts,
        teachers=teachers,
        others=others,
        swapped=swapped,
        agreements=agreements,
        kind_options=[(code, say(word)) for code, word in KINDS.items()],
        names=NAMES,
        errors=errors or {},
        refused=refused,
    )
    return (html, 422) if errors else (html, 409) if refused else html


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
