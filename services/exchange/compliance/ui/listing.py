"""The people behind a number, as a list and as a workbook."""

from uuid import UUID

from flask import render_template, request
from werkzeug.wrappers import Response

from services.exchange.compliance.policies import MAY, REASONS
from services.exchange.compliance.queries.people import WHAT, People, people
from services.exchange.compliance.ui.asking import LEVELS, Asked, asked, blueprint, words
from services.exchange.placements.queries.people import schools_named
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import reading
from shared.web.lists import Listing, listing
from shared.web.rendering import say

FILTERS = ("year", "what", "school", "why", "q")
SORTS = ("name", "school", "since", "birth")

#: Rows of a workbook.
_LARGEST = 200_000
_COLUMNS = (
    "姓名",
    "学校",
    "职务",
    "学科",
    "骨干级别",
    "到校年月",
    "出生年月",
    "是否符合条件",
    "交流情况",
    "接收学校",
)
_STATES = {
    "yes": Sentence(zh="已交流，计入", en="Exchanged, counted"),
    "planned": Sentence(zh="已同意，未到岗", en="Agreed to, not begun"),
    "beside": Sentence(zh="已交流，不计入", en="Exchanged, not counted"),
    "": Sentence(zh="未交流", en="Not exchanged"),
}


@blueprint.get("/<region>/people")
@MAY["see"]
def listed(region: str) -> str:
    """Who stands behind a number of a region."""
    wanted = _wanted()
    wanted, place, found, school = _found(region, wanted, limit=wanted.size)
    return render_template(
        "exchange/compliance_people.html",
        wanted=wanted,
        asked=place,
        found=found,
        what=_what(wanted),
        school=school,
        STATES=_STATES,
        what_options=[(code, say(word)) for code, word in WHAT.items()],
        why_options=[(code, say(word)) for code, word in REASONS.items()],
        years=[(str(year), f"{year}–{year + 1}") for year in place.years],
        **words(),
    )


@blueprint.get("/<region>/people/export.xlsx")
@MAY["see"]
def listed_exported(region: str) -> Response:
    """The same list as a workbook."""
    wanted, place, found, _ = _found(region, _wanted(), limit=_LARGEST)
    title = f"{WHAT[_what(wanted)].zh} {place.name.zh} {place.year}–{place.year + 1}"
    return workbook(
        title,
        _COLUMNS,
        (
            (
                row.name,
                row.school.zh,
                row.post,
                row.subject,
                LEVELS[row.backbone].zh if row.backbone in LEVELS else row.backbone,
                row.since,
                row.birth,
                REASONS[row.why].zh if row.why in REASONS else "符合",
                _STATES[row.exchanged].zh,
                row.host.zh if row.host else "",
            )
            for row in found.rows
        ),
    )


def _wanted() -> Listing:
    return listing(sorts=SORTS, filters=FILTERS, default="name")


def _what(wanted: Listing) -> str:
    said = wanted.get("what")
    return said if said in WHAT else "teachers"


def _found(region: str, wanted: Listing, *, limit: int) -> tuple[Listing, Asked, People, str]:
    """The list, its place, the people, and the name of the school that it is narrowed to."""
    school = _id(wanted.get("school"))
    with reading() as db:
        place = asked(db, region, request.args.get("year", ""))
        found = people(
            db,
            place.year,
            place.codes,
            what=_what(wanted),
            school=school,
            why=wanted.get("why"),
            q=wanted.get("q"),
            order=wanted.order,
            offset=wanted.offset,
            limit=limit,
        )
        named = schools_named(db, [school]) if school else {}
    return wanted, place, found, say(named[school].name) if school and school in named else ""


def _id(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # an address that names nothing finds nothing
