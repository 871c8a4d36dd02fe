"""Noting that a school, or a person, has read what they were told, or has put it away."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from services.notifications.announcements.commands import read_asked
from services.notifications.inbox.commands.calling_off import called_off, withdrawn_after
from services.notifications.inbox.model import INVITING, Copy, Entry, Notice
from shared.contracts.notifications import NotificationsTask
from shared.db import Transaction
from shared.errors import NotFound
from shared.text import Sentence


def read_notice(
    tx: Transaction, *, notice_id: UUID, schools: Iterable[UUID], account: UUID | None = None
) -> None:
    """Note that these schools, and the person, have read the notice; who has said so before, has read it then.

    Raises NotFound where none of them was told of it: whether others were is none of their business.
    """
    told, own = _theirs(tx, notice_id, schools, account)
    # Locked, as `call_off` locks it: one of the two closes the task, and the other sees that it did.
    notice = tx.db.scalars(sa.select(Notice).where(Notice.id == notice_id).with_for_update()).one()
    tx.db.execute(sa.update(Copy).where(own, Copy.read_at.is_(None)).values(read_at=tx.now))
    unread = sa.update(Entry).where(told, Entry.read_at.is_(None)).values(read_at=tx.now, read_by=tx.actor)
    now_read = tx.db.scalars(unread.returning(Entry), execution_options={"populate_existing": True}).all()
    if notice.asked is not None:
        read_asked(tx, announcement_id=notice.asked, schools=[entry.school_id for entry in now_read])
        return
    if now_read and not called_off(tx, notice):  # what was called off waits for nobody since then
        off = set(tx.db.scalars(withdrawn_after(notice))) if notice.kind in INVITING else set()
        for entry in now_read:
            if entry.school_id not in off:
                tx.emit(entry.task(notice))


def archive_notice(
    tx: Transaction,
    *,
    notice_id: UUID,
    schools: Iterable[UUID],
    account: UUID | None = None,
    back: bool = False,
) -> None:
    """Put the notice away for these schools and the person, which reads it too; or, `back`, take it out again.

    Raises NotFound where none of them was told of it.
    """
    several = list(schools)
    if back:
        told, own = _theirs(tx, notice_id, several, account)
    else:
        read_notice(tx, notice_id=notice_id, schools=several, account=account)
        told, own = _theirs(tx, notice_id, several, account)
    moment = None if back else tx.now
    tx.db.execute(sa.update(Entry).where(told).values(archived_at=moment))
    tx.db.execute(sa.update(Copy).where(own).values(archived_at=moment))


def _theirs(
    tx: Transaction, notice_id: UUID, schools: Iterable[UUID], account: UUID | None
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Which entries and which copies of the notice are theirs; there is at least one."""
    seq = sa.select(Notice.seq).where(Notice.id == notice_id).scalar_subquery()
    told = sa.and_(Entry.notice_seq == seq, Entry.school_id.in_(list(schools)))
    own = sa.and_(Copy.notice_seq == seq, Copy.account_id == account)
    if tx.db.scalar(sa.select(sa.or_(sa.exists().where(told), sa.exists().where(own)))) is not True:
        raise NotFound(Sentence(zh="没有找到这条通知。", en="There is no such notice."))
    return told, own


def adopt_task(tx: Transaction, event: NotificationsTask) -> None:
    """After a restore: take back that a school has read a notice; the notice itself comes again from its event."""
    if event.closed_at is None or "#notice-" not in event.link:
        return
    notice_id = UUID(event.link.rpartition("#notice-")[2])
    school_id = UUID(event.audiences[0].partition("@school:")[2])
    seq = sa.select(Notice.seq).where(Notice.id == notice_id).scalar_subquery()
    tx.db.execute(
        sa.update(Entry)
        .where(Entry.notice_seq == seq, Entry.school_id == school_id, Entry.read_at.is_(None))
        .values(read_at=event.closed_at)
    )
