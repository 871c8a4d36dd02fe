"""The list of schools and a school's own page."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.directory.groups.queries import groups_with
from services.directory.people.model import masked_phone, may_see_personal
from services.directory.people.queries import people_listed
from services.directory.regions.queries import regions_within
from services.directory.schools.queries import SchoolRow, school_within, schools_listed
from services.directory.schools.schemas import SchoolsAsked
from services.directory.vocabulary.queries import word
from shared.auth import SIGNED_IN, Principal
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import reading, signed_in
from shared.web.rendering import say

blueprint = Blueprint("schools", __name__, url_prefix="/directory/schools", template_folder="../templates")

#: Rows on a page.
PAGE = 25

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


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The schools that the reader looks after, or belongs to."""
    asks, scopes = signed_in(), {grant.scope for grant in signed_in().grants}
    asked = _asked()
    page = asked.pop("page")
    words, down = asked.pop("q"), asked.pop("down")
    with reading() as db:
        found = schools_listed(
            db, scopes, words=words, descending=down, offset=(page - 1) * PAGE, limit=PAGE, **asked
        )
        regions = regions_within(db, scopes)
    return render_template(
        "directory/schools.html",
        schools=found.rows,
        total=found.total,
        page=page,
        pages=-(-found.total // PAGE),
        asked={**asked, "q": words, "down": "1" if down else ""},
        regions=regions,
        may_issue=asks.holds(["administrator"]),
        may_import=asks.holds(["administrator", "coordinator"]),
    )


@blueprint.get("/export.xlsx")
@SIGNED_IN
def exported() -> Response:
    """The same list as a workbook, all pages of it; phones as the reader may see them."""
    asks, scopes = signed_in(), {grant.scope for grant in signed_in().grants}
    asked = _asked()
    asked.pop("page")
    words, down = asked.pop("q"), asked.pop("down")
    with reading() as db:
        found = schools_listed(db, scopes, words=words, descending=down, limit=None, **asked)
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
    asks, scopes = signed_in(), {grant.scope for grant in signed_in().grants}
    with reading() as db:
        school = school_within(db, school_id, scopes)
        people = people_listed(db, [f"school:{school_id}"], sort="name", limit=PAGE)
        groups = groups_with(db, school_id)
    return render_template(
        "directory/school.html",
        school=school,
        phone=_phone(asks, school),
        people=people.rows,
        total=people.total,
        groups=groups,
        may_issue=asks.holds(["administrator"]),
    )


def _phone(asks: Principal, school: SchoolRow) -> str:
    seen = may_see_personal(asks, region=school.region_code, school=school.id)
    return school.phone if seen else masked_phone(school.phone)


def _asked() -> dict[str, Any]:
    """What the address asks for; what makes no sense there falls back to the whole list."""
    schema = SchoolsAsked()
    given = {name: value for name, value in request.args.items() if value}
    try:
        return dict(schema.load(given))
    except ValidationError as error:
        return dict(schema.load({k: v for k, v in given.items() if k not in error.messages_dict}))
