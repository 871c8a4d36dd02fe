"""The list of schools and a school's own page."""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from flask import Blueprint, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.directory.accounts.queries import manages
from services.directory.groups.queries import groups_with
from services.directory.people.model import masked_phone, may_see_personal
from services.directory.people.queries import people_listed
from services.directory.regions.queries import RegionRow, regions_within
from services.directory.schools.queries import Found, SchoolRow, Sort, school_within, schools_listed
from services.directory.vocabulary.queries import options, word
from services.directory.years.queries import years_of
from shared.auth import SIGNED_IN, Grant, Principal
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import reading, signed_in
from shared.web.lists import Listing, listing
from shared.web.rendering import say
from shared.web.scopes import scopes

blueprint = Blueprint("schools", __name__, url_prefix="/directory/schools", template_folder="../templates")

#: People on a school's page.
SHOWN = 25

#: What the list is sorted by and filtered for.
SORTS, FILTERS = ("code", "name", "pupils", "people"), ("q", "region", "stage", "setting")

#: The columns of the workbook, headed as offices head them, so that it can be imported again.
COLUMNS = (
    Sentence(zh="学校名称", en="School"),
    Sentence(zh="学校标识码", en="Code"),
    Sentence(zh="所属区划", en="Region"),
    Sentence(zh="学段", en="Stage"),
    Sentence(zh="城乡类型", en="Setting"),
    Sentence(zh="在校生数", en="Pupils"),
    Sentence(zh="教职工数", en="Staff"),
    Sentence(zh="联系人", en="Contact"),
    Sentence(zh="联系电话", en="Phone"),
)

blueprint.app_template_global("word")(word)
blueprint.app_template_global("options")(options)


@blueprint.app_template_filter("spoken")
def spoken(choices: Iterable[tuple[str, Sentence]]) -> list[tuple[str, str]]:
    """What there is to choose from, in the reader's language."""
    return [(code, say(called)) for code, called in choices]


@blueprint.app_template_filter("indented")
def indented(regions: Iterable[RegionRow]) -> list[tuple[str, str]]:
    """Regions to choose from, each below the one that it lies in."""
    return [
        (one.code, "　" * one.depth + say(Sentence(zh=one.name, en=one.name_en or one.name)))
        for one in regions
    ]


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The schools that the reader looks after, or belongs to, in the scope in force."""
    asks, wanted = signed_in(), _wanted()
    with reading() as db:
        found = _found(db, wanted)
        regions = regions_within(db, scopes())
    return render_template(
        "directory/schools.html",
        wanted=wanted,
        schools=found.rows,
        total=found.total,
        regions=regions,
        may_issue=asks.holds(["administrator"]),
        may_close=asks.holds(["administrator"]),
        may_import=asks.holds(["administrator", "coordinator"]),
    )


@blueprint.get("/export.xlsx")
@SIGNED_IN
def exported() -> Response:
    """The same list as a workbook, all pages of it; phones as the reader may see them."""
    asks = signed_in()
    with reading() as db:
        found = _found(db, _wanted(), whole=True)
    rows = (
        (
            school.name,
            school.code,
            school.region_name,
            say(word("stage", school.stage)),
            say(word("setting", school.setting)),
            school.pupils,
            school.people,
            school.contact,
            _phone(asks, school),
        )
        for school in found.rows
    )
    columns = [say(column) for column in COLUMNS]
    return workbook(say(Sentence(zh="学校名录", en="Schools")), columns, rows)


@blueprint.get("/<uuid:school_id>")
@SIGNED_IN
def page(school_id: UUID) -> str:
    """One school: what is known of it, its groups, who works there."""
    asks = signed_in()
    with reading() as db:
        school = school_within(db, school_id, {grant.scope for grant in asks.grants})
        people = people_listed(db, [f"school:{school_id}"], sort="name", limit=SHOWN)
        groups = groups_with(db, school_id)
        years = years_of(db, school_id)
        may_invite = manages(db, by=asks, grants=[Grant("liaison", f"school:{school_id}")])
    return render_template(
        "directory/school.html",
        school=school,
        phone=_phone(asks, school),
        people=people.rows,
        total=people.total,
        groups=groups,
        years=years,
        may_invite=may_invite,
        may_issue=asks.holds(["administrator"]),
        may_correct=asks.holds(["administrator", "coordinator"]),
    )


def _phone(asks: Principal, school: SchoolRow) -> str:
    seen = may_see_personal(asks, region=school.region_code, school=school.id)
    return school.phone if seen else masked_phone(school.phone)


def _wanted() -> Listing:
    return listing(sorts=SORTS, filters=FILTERS, default="code")


def _found(db: Session, wanted: Listing, *, whole: bool = False) -> Found:
    return schools_listed(
        db,
        scopes(),
        words=wanted.get("q"),
        region=wanted.get("region"),
        stage=wanted.get("stage"),
        setting=wanted.get("setting"),
        sort=cast("Sort", wanted.sort),
        descending=wanted.descending,
        offset=0 if whole else wanted.offset,
        limit=None if whole else wanted.size,
    )
