"""The list of education groups."""

from flask import Blueprint, render_template

from services.directory.groups.queries import all_groups
from services.directory.schools.queries import school_names
from shared.auth import SIGNED_IN
from shared.web.edge import reading, signed_in

blueprint = Blueprint("groups", __name__, url_prefix="/directory/groups", template_folder="../templates")


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The education groups that have a school in the reader's scopes."""
    scopes = {grant.scope for grant in signed_in().grants}
    with reading() as db:
        groups = all_groups(db)
        names = school_names(db, {school for group in groups for school in group.schools}, scopes)
    mine = [group for group in groups if "all" in scopes or not names.keys().isdisjoint(group.schools)]
    return render_template("directory/groups.html", groups=mine, names=names)
