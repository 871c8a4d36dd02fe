"""Fragments: the newest notices with who has read them, and notices that a search finds."""

from flask import Blueprint, render_template

from services.notifications.inbox.queries import inbox_within, notices_titled, unread_by
from shared.auth import SIGNED_IN, Role
from shared.web import searching
from shared.web.edge import reading, signed_in
from shared.web.scopes import scopes

blueprint = Blueprint("home", __name__, url_prefix="/notifications", template_folder="../templates")

#: Who reads inboxes, as the inbox's own table says; for others there is no card and no hit.
_READERS: tuple[Role, ...] = ("administrator", "coordinator", "liaison")

#: Notices on the card, hits of a search.
SHOWN, HITS = 3, 8


@blueprint.get("/card")
@SIGNED_IN
def card() -> str:
    """How much of it is unread and the newest; for who looks after several schools, how many have read each."""
    asks = signed_in()
    if not asks.reads(*_READERS) & scopes():
        return ""
    with reading() as db:
        inbox = inbox_within(db, asks.reads(*_READERS) & scopes(), own=asks.schools, limit=SHOWN)
        unread = unread_by(db, asks.schools) if asks.schools else None
    return render_template("notifications/card.html", notices=inbox.notices, unread=unread)


@blueprint.get("/search")
@SIGNED_IN
def search() -> str:
    """The notices in whose title `?q=` is found, newest first."""
    words = searching.words()
    with reading() as db:
        found = notices_titled(db, signed_in().reads(*_READERS) & scopes(), words=words, limit=HITS)
    return render_template("notifications/hits.html", notices=found)
