"""Items by the list, as JSON: brought in row by row, and many changed at once, by the commands of the pages."""

from collections.abc import Mapping
from typing import Any

from flask_smorest import Blueprint

from services.resources.facilities.model.lending import KEEP, Asker
from services.resources.items.queries.seeing import reader_of
from services.resources.lists.commands import Brought, Changed, bring_items, change_items
from services.resources.lists.schemas import BroughtSchema, ChangedSchema, ChangeSchema, ListSchema
from shared.auth import holders
from shared.db import Transaction
from shared.text import Sentence
from shared.web.edge import command, signed_in
from shared.web.rendering import say

blueprint = Blueprint(
    "item_lists_api", __name__, url_prefix="/resources/api/v1/items", description="Items by the list"
)

_MAKERS = holders("administrator", "coordinator", "liaison", "teacher")


@blueprint.post("/lists")
@_MAKERS
@blueprint.arguments(ListSchema)
@blueprint.response(200, BroughtSchema)
def bring(asked: dict[str, Any]) -> dict[str, Any]:
    """Bring in the rows of a list, headed as an office's list is; what is there stays as it is: a list may come twice.

    Each row stands for itself: those that are not understood, or not the reader's, are left out and said by their number.
    """
    asks = signed_in()
    keeps = Asker(asks.scopes("administrator", "coordinator"), asks.schools) if KEEP.allows(asks) else None
    rows = list(enumerate(asked["rows"], start=1))

    def work(tx: Transaction) -> Brought:
        reader = reader_of(tx.db, asks)
        return bring_items(tx, rows, reader=reader, keeps=keeps, published=asked["published"])

    brought = command(work)
    rooms = brought.facilities
    return {
        "new": brought.new,
        "known": brought.known,
        "new_rooms": rooms.new if rooms else 0,
        "known_rooms": rooms.known if rooms else 0,
        "warnings": _said(brought.warnings),
        "problems": _said({**brought.problems, **(rooms.problems if rooms else {})}),
    }


@blueprint.post("/changes")
@_MAKERS
@blueprint.arguments(ChangeSchema)
@blueprint.response(200, ChangedSchema)
def change(asked: dict[str, Any]) -> dict[str, Any]:
    """Do one thing to many items; those with which it cannot be done are left as they are, and said by their title."""
    asks, what = signed_in(), asked["what"]
    value = asked.get(what) or asked["text"]

    def work(tx: Transaction) -> Changed:
        return change_items(tx, items=asked["id"], what=what, value=value, reader=reader_of(tx.db, asks))

    changed = command(work)
    return {"done": changed.done, "left": _said(changed.left)}


def _said(told: Mapping[Any, Sentence]) -> dict[Any, str]:
    return {key: say(sentence) for key, sentence in told.items()}
