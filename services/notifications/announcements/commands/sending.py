"""Sending an announcement now or at its time, withdrawing it, and reminding those who have not confirmed."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from services.notifications.announcements.commands.telling import (
    close_missing,
    remind_missing,
    take_back,
    tell,
    tell_principals,
    theirs,
)
from services.notifications.announcements.model import (
    ESCALATE_AFTER,
    PRINCIPALS_AFTER,
    REMIND_BEFORE,
    Announcement,
)
from services.notifications.announcements.queries import reach, unconfirmed
from shared.db import Transaction
from shared.errors import Refusal
from shared.text import Sentence


def send(
    tx: Transaction, *, announcement_id: UUID, scopes: Collection[str], at: datetime | None = None
) -> Announcement:
    """Send it now, or at a time. Raises NotFound, Invalid, Refusal where it reaches nobody."""
    found = theirs(tx, announcement_id, scopes)
    if not reach(tx.db, found.scopes):
        raise Refusal(Sentence(zh="所选范围内没有学校。", en="There is no school in what was chosen."))
    if at is not None:
        found.schedule(at, now=tx.now)
    else:
        found.send(at=tx.now)
        tell(tx, found)
    tx.record(what=f"notifications.announcement.{found.state}", subject_kind="announcement", subject=found.id)
    return found


def withdraw(tx: Transaction, *, announcement_id: UUID, reason: str, scopes: Collection[str]) -> Announcement:
    """It holds no more; nobody is asked any more. Raises NotFound, Invalid, Refusal."""
    found = theirs(tx, announcement_id, scopes)
    found.withdraw(reason=reason, at=tx.now)
    close_missing(tx, found)
    take_back(tx, found)
    tx.record(what="notifications.announcement.withdrawn", subject_kind="announcement", subject=found.id)
    return found


def remind(
    tx: Transaction,
    *,
    announcement_id: UUID,
    scopes: Collection[str],
    schools: Collection[UUID] | None = None,
) -> int:
    """Remind those who have not confirmed, of these schools or of all; answers how many.

    A school is reminded once a day at most, however often it is asked. Raises NotFound, Refusal.
    """
    found = theirs(tx, announcement_id, scopes)
    found.insist("remind")
    return remind_missing(tx, found, which=f"{tx.now:%Y-%m-%d}", schools=schools)


def what_is_due(tx: Transaction) -> int:
    """Send what was scheduled, remind before and at the deadline, tell principals and then coordinators after it; answers how many were due.

    Run every minute by every worker: each step is noted in the row that is locked, so that none is taken twice.
    """
    due = sa.select(Announcement.id).where(
        sa.or_(
            sa.and_(Announcement.state == "scheduled", Announcement.send_at <= tx.now),
            sa.and_(
                Announcement.state == "sent",
                Announcement.asks,
                Announcement.escalated_at.is_(None),
                Announcement.confirm_by <= tx.now + max(REMIND_BEFORE),
            ),
        )
    )
    done = 0
    for id_ in tx.db.scalars(due.order_by(Announcement.id).limit(20)).all():
        done += _take(tx, tx.load(Announcement, id_))
    return done


def _take(tx: Transaction, found: Announcement) -> int:
    if found.state == "scheduled" and found.send_at is not None and found.send_at <= tx.now:
        found.send(at=tx.now)
        tell(tx, found)
        return 1
    if found.state != "sent" or found.confirm_by is None:
        return 0
    done = 0
    passed = sum(found.confirm_by - before <= tx.now for before in REMIND_BEFORE)
    if passed > found.reminded:
        found.reminded = passed
        remind_missing(tx, found, which=f"{found.edition}/{passed}")
        found.advance()
        done = 1
    if found.principals_at is None and found.confirm_by + PRINCIPALS_AFTER <= tx.now:
        found.principals_at = tx.now
        tell_principals(tx, found)
        found.advance()
        done = 1
    if found.escalated_at is None and found.confirm_by + ESCALATE_AFTER <= tx.now:
        found.escalated_at = tx.now
        found.advance()
        if missing := len(unconfirmed(tx.db, found)):
            tx.emit(found.missing_task(missing=missing, closed_at=None))
        done = 1
    return done
