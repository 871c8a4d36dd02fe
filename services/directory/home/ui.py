"""The home page: where everybody begins."""

from flask import Blueprint, render_template

from shared.auth import SIGNED_IN
from shared.web.edge import signed_in

blueprint = Blueprint("home", __name__, template_folder="../templates")


@blueprint.get("/")
@SIGNED_IN
def index() -> str:
    """The ways into the services, the reader's own first."""
    return render_template("directory/home.html", liaison=signed_in().holds(["liaison"]))
