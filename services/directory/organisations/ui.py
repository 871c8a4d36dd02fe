"""The list of organisations."""

from flask import Blueprint, render_template

from services.directory.organisations.queries import organisations_within
from shared.auth import SIGNED_IN
from shared.web.edge import reading, signed_in

blueprint = Blueprint(
    "organisations", __name__, url_prefix="/directory/organisations", template_folder="../templates"
)


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The bureaus and other units of the reader's regions."""
    scopes = {grant.scope for grant in signed_in().grants}
    with reading() as db:
        return render_template("directory/organisations.html", organisations=organisations_within(db, scopes))
