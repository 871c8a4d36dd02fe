"""The list of education groups."""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from flask import Blueprint, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.directory.groups.queries import GroupRow, Sort, groups_in
from shared.auth import SIGNED_IN
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import reading
from shared.web.lists import Listing, listing
from shared.web.rendering import say
from shared.web.scopes import scopes

blueprint = Blueprint("groups", __name__, url_prefix="/directory/groups", template_folder="../templates")

#: What the list is sorted by and filtered for.
SORTS, FILTERS = ("name", "chief", "schools"), ("q",)

#: The columns of the workbook, headed as offices head them, so that it can be imported again.
COLUMNS = (
    Sentence(zh="集团名称", en="Group"),
    Sentence(zh="牵头校", en="Lead school"),
    Sentence(zh="成员校", en="Members"),
    Sentence(zh="总校长", en="Chief principal"),
)

ELSEWHERE = Sentence(zh="其他区域的学校", en="a school of another region")


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The education groups that have a school in the scope in force."""
    wanted = _wanted()
    with reading() as db:
        groups, names = _found(db, wanted)
    return render_template(
        "directory/groups.html",
        wanted=wanted,
        groups=groups[wanted.offset : wanted.offset + wanted.size],
        total=len(groups),
        names=names,
        ELSEWHERE=ELSEWHERE,
    )


@blueprint.get("/export.xlsx")
@SIGNED_IN
def exported() -> Response:
    """The same list as a workbook, all pages of it; schools of others stay unnamed."""
    with reading() as db:
        groups, names = _found(db, _wanted())
    elsewhere = say(ELSEWHERE)

    def written(group: GroupRow) -> tuple[str, ...]:
        lead, *members = (names.get(school, elsewhere) for school in group.schools)
        return group.name, lead, "、".join(members), group.chief_principal

    return workbook(
        say(Sentence(zh="教育集团", en="Education groups")),
        [say(one) for one in COLUMNS],
        map(written, groups),
    )


def _wanted() -> Listing:
    return listing(sorts=SORTS, filters=FILTERS, default="name")


def _found(db: Session, wanted: Listing) -> tuple[Sequence[GroupRow], Mapping[UUID, str]]:
    """The groups, and what their schools are called that the reader may see."""
    return groups_in(
        db, scopes(), words=wanted.get("q"), sort=cast("Sort", wanted.sort), descending=wanted.descending
    )
