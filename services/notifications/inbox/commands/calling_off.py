"""What is called off: nobody has to read an invitation to what does not take place."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.inbox.model import ASKING, INVITING, NO_MORE, Entry, Notice
from shared.db import Transaction


def called_off(tx: Transaction, notice: Notice) -> bool:
    """Whether the session was cancelled after the invitation."""
    later = sa.exists().where(Notice.session_id == notice.session_id, Notice.kind == "session_cancelled")
    return notice.kind in INVITING and tx.db.scalar(sa.select(later)) is True


def withdrawn_after(notice: Notice | type[Notice], *, before: int | None = None) -> sa.Select[UUID]:
    """The schools that were told after the notice, and before the one with that number, that they are invited no more, or that all of it was recalled."""
    off, off_for = orm.aliased(Notice), orm.aliased(Entry)
    found = (
        sa.select(off_for.school_id)
        .join(off, off.seq == off_for.notice_seq)
        .where(off.session_id == notice.session_id, off.kind.in_(NO_MORE), off.seq > notice.seq)
    )
    return found if before is None else found.where(off.seq < before)


def call_off(tx: Transaction, told: Notice, schools: Sequence[UUID]) -> None:
    """None of the schools has to read the invitation to what does not take place; the notice that says so (`told`) waits instead.

    Whose invitation was called off before is not told so again.
    """
    invitations = (
        Notice.session_id == told.session_id,
        Notice.seq < told.seq,  # who was invited anew before this piece came is invited still
        Notice.kind.in_(INVITING),
        ~Notice.href.startswith(ASKING),
    )
    # An invitation may be on its way to some of them: a piece of it is there afterwards, or sees that it is called off.
    tx.db.execute(sa.select(Notice.seq).where(*invitations).with_for_update())
    invited = sa.select(Entry, Notice).join(Notice, Notice.seq == Entry.notice_seq)
    for entry, notice in tx.db.execute(
        invited.where(
            *invitations,
            Entry.read_at.is_(None),
            Entry.school_id.in_(schools),
            Entry.school_id.not_in(withdrawn_after(Notice, before=told.seq).correlate(Notice)),
        ).with_for_update()
    ):
        tx.emit(entry.task(notice, called_off=tx.now))
