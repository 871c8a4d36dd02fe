"""The list of education groups."""

from flask import Blueprint, render_template

from services.directory.groups.queries import groups_with
from services.directory.schools.queries import schools_within
from shared.auth import SIGNED_IN
from shared.web.edge import reading, signed_in

blueprint = Blueprint("groups", __name__, url_prefix="/directory/groups", template_folder="../templates")


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The education groups that have a school in the reader's scopes."""
    asks = signed_in()
    scopes = {grant.scope for grant in asks.grants}
    with reading() as db:
        names = {school.id: school.name for school in schools_within(db, scopes)}
        groups = groups_with(db, None if "all" in scopes else names)
    return render_template("directory/groups.html", groups=groups, names=names)
