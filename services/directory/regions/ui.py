"""The list of regions."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from services.directory.regions.commands import enter_of_standard
from services.directory.regions.policies import ancestry, below, like
from services.directory.regions.queries import RegionRow, regions_listed, regions_within
from shared.auth import SIGNED_IN, holders
from shared.text import Sentence
from shared.web import searching
from shared.web.downloads import workbook
from shared.web.edge import command, reading, signed_in
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
        may_add="all" in signed_in().scopes("administrator"),
    )


@blueprint.get("/export.xlsx")
@SIGNED_IN
def exported() -> Response:
    """The same list as a workbook, all pages of it."""
    rows = ((one.code, one.name, one.schools) for one in _found(_wanted()))
    return workbook(say(Sentence(zh="行政区划", en="Regions")), [say(one) for one in COLUMNS], rows)


@blueprint.get("/new")
@holders("administrator")
def new() -> str:
    """The regions of the standard that `?q=` leads to, each to be added."""
    words = searching.words()
    found = like(words)
    with reading() as db:
        known = {region.code for region in regions_within(db, ["all"])}
    return render_template(
        "directory/region_new.html",
        q=words,
        found=[(node, ancestry(node.code), len(below(node.code))) for node in found],
        known=known,
    )


@blueprint.post("")
@holders("administrator")
def add() -> Response:
    """Add a region of the standard, with all that lies in it or alone."""
    code, scopes_ = request.form.get("code", ""), signed_in().scopes("administrator")
    with_below = request.form.get("below") == "yes"
    command(lambda tx: len(enter_of_standard(tx, code=code, with_below=with_below, scopes=scopes_)))
    return redirect("/directory/regions", 303)


def _wanted() -> Listing:
    return listing(sorts=("code",), filters=("q",), default="code", size=SIZE)


def _found(wanted: Listing) -> Sequence[RegionRow]:
    with reading() as db:
        found = regions_listed(db, scopes(), words=wanted.get("q"))
    return found[::-1] if wanted.descending else found
