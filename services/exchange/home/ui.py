"""Fragments: what of the exchange the home page shows, and placements that a search finds."""

from flask import Blueprint, render_template

from services.exchange.placements.model import KINDS, STATES, VERBS
from services.exchange.placements.queries.listing import Wanted, board, listed
from services.exchange.placements.queries.reaching import asker_of
from shared.auth import SIGNED_IN
from shared.web import searching
from shared.web.edge import reading, signed_in
from shared.web.scopes import scopes

blueprint = Blueprint("home", __name__, url_prefix="/exchange", template_folder="../templates")

#: Placements on the card; hits of a search.
SHOWN, HITS = 4, 8


@blueprint.get("/card")
@SIGNED_IN
def card() -> str:
    """How many are where, and what waits for the reader."""
    asks = signed_in()
    with reading() as db:
        who = asker_of(db, asks)
        _, counts = board(db, who, Wanted(), scopes=scopes())
        mine = listed(db, who, Wanted(mine=True), scopes=scopes(), order="changed", limit=SHOWN)
    return render_template(
        "exchange/card.html", counts=counts, mine=mine, VERBS=VERBS, STATES=STATES, KINDS=KINDS
    )


@blueprint.get("/search")
@SIGNED_IN
def search() -> str:
    """The placements of people whose name begins with `?q=`, the latest first."""
    words = searching.words()
    asks = signed_in()
    with reading() as db:
        who = asker_of(db, asks)
        found = (
            listed(db, who, Wanted(q=words), scopes=scopes(), order="-starts", limit=HITS).rows
            if words
            else []
        )
    return render_template("exchange/hits.html", rows=found, KINDS=KINDS, STATES=STATES)
