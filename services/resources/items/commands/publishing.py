"""What is decided by whom the region's rule says: published, sent back, retired."""

from uuid import UUID

from services.resources.developing.commands import stop_waiting
from services.resources.harvesting.commands import tell_harvesters
from services.resources.items.commands.making import decided, draft_of
from services.resources.items.model.item import Item
from services.resources.items.queries.seeing import Reader
from services.resources.recordings.queries import recording_of
from services.resources.reviewing.commands import decide
from services.resources.searching.commands import describe
from shared.contracts.resources import RecordingPublished
from shared.db import Transaction


def publish(tx: Transaction, *, item_id: UUID, reader: Reader, seen: int | None = None) -> Item:
    """Let its audiences read the draft from now on; of a recording the invited schools are told, once.

    seen: the version of the item that was read before it was decided: what its makers change meanwhile is not published
    unread. Raises NotFound, Forbidden, Refusal, Stale.
    """
    item = decided(tx, item_id, reader, seen=seen)
    first = item.current_id is None
    tx.emit(item.publish(draft_of(tx, item), at=tx.now))
    decide(tx, item, "published")
    tell_harvesters(tx, item)
    describe(tx, item.id, anew=True)
    recording = recording_of(tx.db, item.session_id) if first and item.session_id else None
    if recording is not None:
        tx.emit(
            RecordingPublished(
                session_id=recording.session_id,
                version=item.version,
                item_id=item.id,
                title=recording.title,
                schools=tuple(UUID(each) for each in recording.schools),
            )
        )
    return item


def send_back(tx: Transaction, *, item_id: UUID, reason: str, reader: Reader) -> Item:
    """Ask for changes first. Raises NotFound, Forbidden, Refusal, Invalid."""
    item = decided(tx, item_id, reader)
    tx.emit(item.send_back(reason=reason))
    decide(tx, item, "sent_back", reason=reason)
    describe(tx, item.id)
    return item


def retire(tx: Transaction, *, item_id: UUID, reason: str, reader: Reader) -> Item:
    """Offer it no more. Raises NotFound, Forbidden, Refusal, Invalid."""
    item = decided(tx, item_id, reader)
    tx.emit(item.retire(reason=reason))
    stop_waiting(tx, item)
    tell_harvesters(tx, item)
    describe(tx, item.id)
    return item
