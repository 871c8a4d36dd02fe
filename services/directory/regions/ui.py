"""The list of regions."""

from flask import Blueprint, render_template

from services.directory.regions.queries import regions_within
from shared.auth import SIGNED_IN
from shared.web.edge import reading, signed_in

blueprint = Blueprint("regions", __name__, url_prefix="/directory/regions", template_folder="../templates")


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The regions that the reader looks after, as a tree."""
    scopes = {grant.scope for grant in signed_in().grants}
    with reading() as db:
        return render_template("directory/regions.html", regions=regions_within(db, scopes))
