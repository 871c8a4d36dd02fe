"""The first page: what this service can do."""

from flask import Blueprint, render_template

from shared.auth import SIGNED_IN

blueprint = Blueprint("home", __name__, url_prefix="/resources", template_folder="../templates")


@blueprint.get("/")
@SIGNED_IN
def index() -> str:
    """Say that nothing is installed yet, rather than show empty lists."""
    return render_template("resources/home.html")
