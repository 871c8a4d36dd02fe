"""What a school says to an announcement: that it was opened, and that it is confirmed."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from services.notifications.announcements.commands.telling import follow_missing, receipts_of
from services.notifications.announcements.model import LONGEST_NAME, Announcement, Receipt
from services.notifications.inbox.model import ASKING, Entry, Notice
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence


def read(tx: Transaction, *, announcement_id: UUID, schools: Collection[UUID]) -> None:
    """Note that these schools have opened it; who has before, has then. Raises NotFound."""
    receipts = receipts_of(tx, announcement_id, schools)
    for receipt in receipts:
        if receipt.read_at is None:
            receipt.read_at, receipt.read_by = tx.now, tx.actor


def read_asked(tx: Transaction, *, announcement_id: UUID, schools: Collection[UUID]) -> None:
    """Note that these schools have read it where they were told of it, if they have it."""
    theirs = Receipt.announcement_id == announcement_id, Receipt.school_id.in_(list(schools))
    tx.db.execute(
        sa.update(Receipt).where(*theirs, Receipt.read_at.is_(None)).values(read_at=tx.now, read_by=tx.actor)
    )


def confirm(tx: Transaction, *, announcement_id: UUID, name: str, schools: Collection[UUID]) -> Announcement:
    """Confirm it for these schools, signed by somebody of them. Raises NotFound, Invalid, Refusal."""
    found = tx.load(Announcement, announcement_id)
    receipts = receipts_of(tx, announcement_id, schools)
    found.insist("remind")
    if not found.asks:
        raise Refusal(Sentence(zh="这份通知不需要确认。", en="This notice asks for no confirmation."))
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(
            Sentence(zh="请填写确认人的姓名。", en="Say who confirms it for the school."), field="name"
        )
    for receipt in receipts:
        if receipt.edition == found.edition:
            continue
        receipt.edition, receipt.confirmed_at = found.edition, tx.now
        receipt.confirmed_by, receipt.confirmed_name = tx.actor, name
        receipt.read_at, receipt.read_by = receipt.read_at or tx.now, receipt.read_by or tx.actor
        receipt.version += 1
        tx.emit(receipt.task(found, at=tx.now))
        tx.record(
            what="notifications.announcement.confirmed",
            subject_kind="announcement",
            subject=found.id,
            school_id=receipt.school_id,
        )
    _read_notices(tx, announcement_id=found.id, schools=schools)
    tx.db.flush()
    follow_missing(tx, found)
    return found


def _read_notices(tx: Transaction, *, announcement_id: UUID, schools: Collection[UUID]) -> None:
    """Who confirms what notices ask for has read them."""
    asking = sa.select(Notice.seq).where(Notice.href == f"{ASKING}{announcement_id}")
    told = Entry.notice_seq.in_(asking), Entry.school_id.in_(list(schools)), Entry.read_at.is_(None)
    tx.db.execute(sa.update(Entry).where(*told).values(read_at=tx.now, read_by=tx.actor))
