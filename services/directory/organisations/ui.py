"""The list of organisations."""

from typing import cast

from flask import Blueprint, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.directory.organisations.queries import Found, Sort, organisations_listed
from services.directory.people.model import masked_phone, may_see_personal
from services.directory.regions.queries import regions_within
from services.directory.vocabulary.queries import word
from shared.auth import SIGNED_IN
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import reading, signed_in
from shared.web.lists import Listing, listing
from shared.web.rendering import say
from shared.web.scopes import scopes

blueprint = Blueprint(
    "organisations", __name__, url_prefix="/directory/organisations", template_folder="../templates"
)

#: What the list is sorted by and filtered for.
SORTS, FILTERS = ("region", "name"), ("q", "region", "kind")

#: The columns of the workbook, headed as offices head them, so that it can be imported again.
COLUMNS = (
    Sentence(zh="单位名称", en="Organisation"),
    Sentence(zh="类别", en="Kind"),
    Sentence(zh="所属区划", en="Region"),
    Sentence(zh="联系人", en="Contact"),
    Sentence(zh="联系电话", en="Phone"),
)


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The bureaus and other units of the regions in the scope in force."""
    wanted = _wanted()
    with reading() as db:
        found = _found(db, wanted)
        regions = regions_within(db, scopes())
    return render_template(
        "directory/organisations.html",
        wanted=wanted,
        organisations=found.rows,
        total=found.total,
        regions=regions,
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
            one.name,
            say(word("kind", one.kind)),
            one.region_code,
            one.contact,
            one.phone
            if may_see_personal(asks, region=one.region_code, school=None)
            else masked_phone(one.phone),
        )
        for one in found.rows
    )
    return workbook(
        say(Sentence(zh="单位名录", en="Organisations")), [say(column) for column in COLUMNS], rows
    )


def _wanted() -> Listing:
    return listing(sorts=SORTS, filters=FILTERS, default="region")


def _found(db: Session, wanted: Listing, *, whole: bool = False) -> Found:
    return organisations_listed(
        db,
        scopes(),
        words=wanted.get("q"),
        region=wanted.get("region"),
        kind=wanted.get("kind"),
        sort=cast("Sort", wanted.sort),
        descending=wanted.descending,
        offset=0 if whole else wanted.offset,
        limit=None if whole else wanted.size,
    )
