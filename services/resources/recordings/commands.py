"""A session that was held and recorded becomes a draft of the catalogue."""

from urllib.parse import urlsplit

import sqlalchemy as sa

from services.resources.files.commands.attaching import attach_link
from services.resources.items.commands.making import draft_item
from services.resources.items.model.item import Content
from services.resources.recordings.model import Recording
from shared.contracts.scheduling import SessionHeld
from shared.db import Transaction
from shared.ids import named
from shared.roster import roster_schools

#: What is taken for an address that a browser may be led to.
_SCHEMES = frozenset({"http", "https"})


def keep_recording(tx: Transaction, event: SessionHeld) -> None:
    """Make a draft of a session's recording, once however often it is told; without a recording there is nothing to make.

    Once published it is open to the schools that were invited. It belongs to the region that hosted the session, and whose
    coordinators publish it.
    """
    address = event.recording.strip()
    if urlsplit(address).scheme not in _SCHEMES or tx.db.get(Recording, event.session_id) is not None:
        return
    item_id = named("recording", str(event.session_id))
    audiences = [f"school:{each}" for each in event.invited_schools]
    _item, version = draft_item(
        tx,
        kind="recording",
        content=Content(title=event.title, purpose="training", licence="in-school"),
        school_id=None,
        region_code=event.host_region or _region(tx, event),
        audiences=audiences,
        id_=item_id,
        session_id=event.session_id,
    )
    attach_link(tx, version_id=version.id, name=event.title, link=address, by=tx.actor)
    tx.db.add(
        Recording(
            session_id=event.session_id,
            item_id=item_id,
            title=event.title,
            address=address,
            schools=[str(each) for each in event.invited_schools],
            held_at=event.ends_at,
        )
    )


def _region(tx: Transaction, event: SessionHeld) -> str:
    """The region that all invited schools lie in, of an event that is older than `host_region`."""
    table = roster_schools.c
    codes = set(tx.db.scalars(sa.select(table.region_code).where(table.school_id.in_(event.invited_schools))))
    for size in (6, 4, 2):
        common = {code[:size] for code in codes}
        if len(common) == 1:
            return str(common.pop()).ljust(6, "0")
    return "000000"
