"""What every command of announcements needs: the one that is theirs, the receipts, and the letters that go out."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa

from services.notifications.announcements.commands.reaching import (
    PRESSING,
    TELLING,
    WITHDRAWING,
    pressed_by,
    reach_schools,
    told_by,
    withdrawn_by,
)
from services.notifications.announcements.model import Announcement, Receipt
from services.notifications.announcements.queries import (
    announcement_within,
    no_such_announcement,
    principals_of,
    reach,
    unconfirmed,
)
from services.notifications.deliveries.commands import queue
from services.notifications.deliveries.model import Writing
from shared.db import Transaction
from shared.ids import named
from shared.text import Sentence


def tell(tx: Transaction, found: Announcement) -> None:
    """Every school of its scopes, and who was told before, has it once, and has to confirm this edition where it asks for that.

    Of many the last has it some seconds after the commit; whoever is not reached when it is withdrawn never hears of it.
    """
    changed = Sentence(zh="（有改动）", en=" (changed)") if found.edition > 1 else Sentence(zh="", en="")
    letter = Writing(
        notice_id=told_by(found),
        class_name="confirmation" if found.asks else "announcement",
        subject=Sentence(zh=f"{found.title}{changed.zh}", en=f"{found.title}{changed.en}"),
        text=Sentence(zh=found.body, en=found.body),
        link=found.page,
        sender=found.created_by,
    )
    schools = list(dict.fromkeys([*reach(tx.db, found.scopes), *_told(tx, found)]))
    reach_schools(tx, letter=letter, schools=schools, job=TELLING)


def take_back(tx: Transaction, found: Announcement) -> None:
    """Who was told hears that it holds no more, and it waits for nobody."""
    letter = Writing(
        notice_id=withdrawn_by(found),
        class_name="cancellation",
        subject=Sentence(zh=f"通知撤回：{found.title}", en=f"Withdrawn: {found.title}"),
        text=Sentence(zh=found.reason, en=found.reason),
        link=found.page,
        sender=found.created_by,
    )
    reach_schools(tx, letter=letter, schools=_told(tx, found), job=WITHDRAWING)


def remind_missing(
    tx: Transaction, found: Announcement, *, which: str, schools: Collection[UUID] | None = None
) -> int:
    """Remind those who have not confirmed, of these schools or of all, once for each `which`; answers how many."""
    missing = [each for each in unconfirmed(tx.db, found) if schools is None or each in schools]
    if not found.asks or not missing:
        return 0
    letter = Writing(
        notice_id=named("notifications.reminder", f"{found.id}/{which}"),
        class_name="confirmation",
        subject=Sentence(zh=f"请确认：{found.title}", en=f"Please confirm: {found.title}"),
        text=Sentence(zh="这份通知还没有确认。", en="This notice is not confirmed yet."),
        link=found.page,
        sender=found.created_by,
    )
    queue(tx, letter=letter, recipients=[f"school:{school_id}" for school_id in missing])
    return len(missing)


def tell_principals(tx: Transaction, found: Announcement) -> None:
    """The principals of the schools that have not confirmed hear of it, and have it among what waits for them."""
    schools = principals_of(tx.db, unconfirmed(tx.db, found))
    if not schools:
        return
    letter = Writing(
        notice_id=pressed_by(found),
        class_name="confirmation",
        subject=Sentence(
            zh=f"贵校还没有确认：{found.title}", en=f"Your school has not confirmed: {found.title}"
        ),
        text=Sentence(
            zh="确认的时间已过，请安排人员确认。", en="The deadline is over. Please have it confirmed."
        ),
        link=found.page,
        sender=found.created_by,
    )
    reach_schools(tx, letter=letter, schools=list(schools), job=PRESSING)


def follow_missing(tx: Transaction, found: Announcement) -> None:
    """The coordinators who look after it, if they were asked to, see how many have not confirmed by now."""
    if found.escalated_at is not None:
        missing = len(unconfirmed(tx.db, found))
        found.advance()
        tx.emit(found.missing_task(missing=missing, closed_at=None if missing else tx.now))


def close_missing(tx: Transaction, found: Announcement) -> None:
    """The coordinators need look after it no more, if they were asked to: it holds no more, or all are asked anew."""
    if found.escalated_at is not None:
        found.advance()
        tx.emit(found.missing_task(missing=0, closed_at=tx.now))


def receipts_of(tx: Transaction, announcement_id: UUID, schools: Collection[UUID]) -> Sequence[Receipt]:
    """The receipts of these schools, locked. Raises NotFound where they were not told."""
    wanted = sa.select(Receipt).where(
        Receipt.announcement_id == announcement_id, Receipt.school_id.in_(list(schools))
    )
    found = tx.db.scalars(wanted.with_for_update()).all()
    if not found:
        raise no_such_announcement()
    return found


def theirs(tx: Transaction, announcement_id: UUID, scopes: Collection[str]) -> Announcement:
    """The announcement, locked. Raises NotFound where it lies outside the scopes."""
    announcement_within(tx.db, announcement_id, scopes)
    return tx.load(Announcement, announcement_id)


def _told(tx: Transaction, found: Announcement) -> Sequence[UUID]:
    """The schools that have it by now. The announcement is locked, so that no piece of it reaches another meanwhile."""
    wanted = sa.select(Receipt.school_id).where(Receipt.announcement_id == found.id)
    return tx.db.scalars(wanted.order_by(Receipt.school_id)).all()
