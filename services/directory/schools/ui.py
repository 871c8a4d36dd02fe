"""The list of schools."""

from flask import Blueprint, render_template

from services.directory.schools.queries import schools_within
from shared.auth import SIGNED_IN
from shared.web.edge import reading, signed_in

blueprint = Blueprint("schools", __name__, url_prefix="/directory/schools", template_folder="../templates")


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The schools that the reader looks after, or belongs to."""
    asks = signed_in()
    with reading() as db:
        schools = schools_within(db, {grant.scope for grant in asks.grants})
    return render_template("directory/schools.html", schools=schools, may_issue=asks.holds(["administrator"]))
