"""The first page: what waits, what is new to teach with, and the ways to rooms and use."""

from flask import Blueprint, render_template

from services.resources.developing.model import ROLES
from services.resources.developing.queries import parts_waiting
from services.resources.items.model.words import KINDS
from services.resources.items.queries.listing import lines
from services.resources.items.queries.seeing import reader_of
from services.resources.reviewing.queries import may_decide
from shared.auth import SIGNED_IN, holders, readers
from shared.web.edge import reading, signed_in

blueprint = Blueprint("home", __name__, url_prefix="/resources", template_folder="../templates")

#: Rows of a card.
_SHOWN = 6
_MAKERS = holders("administrator", "coordinator", "liaison", "teacher")
_LOOKING = readers("administrator", "coordinator", "liaison")


@blueprint.get("/")
@SIGNED_IN
def index() -> str:
    """What waits for the reader comes first."""
    asks = signed_in()
    with reading() as db:
        own = reader_of(db, asks)
        newest, total = lines(db, own, state="published", limit=_SHOWN)
        asked, _ = lines(db, own, state="review", limit=50)
        parts = parts_waiting(db, own.makes)
        waiting = [line for line in asked if may_decide(db, own, line.item)]
    return render_template(
        "resources/home.html",
        waiting=waiting,
        parts=parts,
        ROLES=ROLES,
        newest=newest,
        total=total,
        KINDS=KINDS,
        may_make=_MAKERS.allows(asks),
        may_compare=_LOOKING.allows(asks),
    )
