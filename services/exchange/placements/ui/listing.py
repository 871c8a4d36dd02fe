"""The board by state and waiting party, the list, and the filing form as a workbook."""

from uuid import UUID

import sqlalchemy as sa
from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.exchange.placements.model import KINDS, PARTIES, STATES, VERBS
from services.exchange.placements.policies import MAY
from services.exchange.placements.queries.filing import COLUMNS, LARGEST, TITLE, filed
from services.exchange.placements.queries.listing import Wanted, board, listed
from services.exchange.placements.ui.asking import LOOKS, asker, blueprint, school_year, today
from shared.errors import Invalid
from shared.roster.tables import roster_regions
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import reading, signed_in
from shared.web.lists import Listing, listing
from shared.web.rendering import say
from shared.web.scopes import scopes

FILTERS = ("q", "state", "kind", "region", "year", "waiting", "school", "person", "agreement")
SORTS = ("changed", "starts", "ends")

#: School years that a filter offers, before and after the present one.
_AROUND = 3


@blueprint.get("/")
@MAY["see"]
def index() -> str:
    """The board: what is in which state, who is waited for, the longest first."""
    wanted = listing(sorts=SORTS, filters=("kind", "year", "waiting"), default="-changed")
    with reading() as db:
        columns, counts = board(db, asker(db), _wanted(wanted), scopes=scopes())
        mine = listed(db, asker(db), Wanted(mine=True), scopes=scopes(), order="changed", limit=5)
    return render_template(
        "exchange/board.html",
        wanted=wanted,
        columns=columns,
        counts=counts,
        mine=mine,
        total=sum(counts.values()),
        years=_years(),
        **words(),
    )


@blueprint.get("/placements")
@MAY["see"]
def index_listed() -> str:
    """All of them, filtered and in order."""
    wanted = listing(sorts=SORTS, filters=FILTERS, default="-changed")
    with reading() as db:
        found = listed(
            db,
            asker(db),
            _wanted(wanted),
            scopes=scopes(),
            order=wanted.order,
            offset=wanted.offset,
            limit=wanted.size,
        )
        regions = _regions(db)
    return render_template(
        "exchange/placements.html",
        wanted=wanted,
        placements=found.rows,
        total=found.total,
        regions=regions,
        years=_years(),
        **words(),
    )


@blueprint.get("/placements/export.xlsx")
@MAY["see"]
def exported() -> Response:
    """The same list as the filing form that offices know; it can be imported again."""
    wanted = listing(sorts=SORTS, filters=FILTERS, default="-changed")
    with reading() as db:
        found = listed(db, asker(db), _wanted(wanted), scopes=scopes(), order=wanted.order, limit=LARGEST)
        if found.total > LARGEST:
            raise Invalid(
                Sentence(
                    zh=f"一共 {found.total} 条，一次最多导出 {LARGEST} 条。请先按学年或区域筛选。",
                    en=f"These are {found.total}, and one file takes {LARGEST}. Filter by year or region first.",
                )
            )
        rows = filed(db, found.rows)
    return workbook(TITLE, COLUMNS, rows)


def words() -> dict[str, object]:
    """What codes are called, for the templates."""
    asks = signed_in()
    return {
        "KINDS": KINDS,
        "STATES": STATES,
        "LOOKS": LOOKS,
        "VERBS": VERBS,
        "PARTIES": PARTIES,
        "kind_options": [(code, say(word)) for code, word in KINDS.items()],
        "state_options": [(code, say(word)) for code, word in STATES.items()],
        "may": {door: rule.allows(asks) for door, rule in MAY.items()},
    }


def _wanted(asked: Listing) -> Wanted:
    """What the address asks for. Raises Invalid for what cannot be meant."""
    year = asked.get("year")
    if year and not (year.isascii() and year.isdigit() and 2000 <= int(year) <= 2099):  # noqa: PLR2004  as `Day`
        raise Invalid(Sentence(zh="请选择学年。", en="Choose a school year."), field="year")
    return Wanted(
        q=asked.get("q"),
        state=asked.get("state"),
        kind=asked.get("kind"),
        region="".join(sign for sign in asked.get("region") if sign.isdigit())[:6],
        school=_id(asked.get("school")),
        person=_id(asked.get("person")),
        agreement=_id(asked.get("agreement")),
        year=int(year) if year else None,
        mine=asked.get("waiting") == "me",
    )


def _id(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # an address that names nothing finds nothing


def _years() -> list[tuple[str, str]]:
    now = school_year(today())
    return [(str(year), f"{year}–{year + 1}") for year in range(now + 1, now - _AROUND - 1, -1)]


def _regions(db: Session) -> list[tuple[str, str]]:
    """The counties that the copy knows."""
    regions = roster_regions.c
    rows = db.execute(
        sa.select(regions.code, regions.name)
        .where(regions.level == "county", sa.not_(regions.abolished))
        .order_by(regions.code)
        .limit(300)
    )
    return [(row.code, row.name) for row in rows]
