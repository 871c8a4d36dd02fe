"""The list of regions."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from services.directory.regions.queries import RegionRow, regions_listed
from shared.auth import SIGNED_IN
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import reading
from shared.web.lists import Listing, listing
from shared.web.rendering import say
from shared.web.scopes import scopes

blueprint = Blueprint("regions", __name__, url_prefix="/directory/regions", template_folder="../templates")

#: Regions on a page: a tree is read in one piece where that is possible.
SIZE = 100

#: The columns of the workbook, headed as offices head them, so that it can be imported again.
COLUMNS = (
    Sentence(zh="行政区划代码", en="Code"),
    Sentence(zh="名称", en="Name"),
    Sentence(zh="学校数", en="Schools"),
)


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The regions in the scope in force, as a tree."""
    wanted = _wanted()
    found = _found(wanted)
    return render_template(
        "directory/regions.html",
        wanted=wanted,
        regions=found[wanted.offset : wanted.offset + wanted.size],
        total=len(found),
    )


@blueprint.get("/export.xlsx")
@SIGNED_IN
def exported() -> Response:
    """The same list as a workbook, all pages of it."""
    rows = ((one.code, one.name, one.schools) for one in _found(_wanted()))
    return workbook(say(Sentence(zh="行政区划", en="Regions")), [say(one) for one in COLUMNS], rows)


def _wanted() -> Listing:
    return listing(sorts=("code",), filters=("q",), default="code", size=SIZE)


def _found(wanted: Listing) -> Sequence[RegionRow]:
    with reading() as db:
        found = regions_listed(db, scopes(), words=wanted.get("q"))
    return found[::-1] if wanted.descending else found
