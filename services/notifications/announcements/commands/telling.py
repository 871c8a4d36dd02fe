"""What every command of announcements needs: the one that is theirs, the receipts, and the letters that go out."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa

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
from shared.db.bulk import insert_rows
from shared.ids import named
from shared.text import Sentence


def tell(tx: Transaction, found: Announcement) -> None:
    """Every school of its scopes has it once, and has to confirm this edition where it asks for that."""
    schools = reach(tx.db, found.scopes)
    known = sa.select(Receipt.school_id).where(Receipt.announcement_id == found.id)
    receive(tx, found, list(dict.fromkeys([*schools, *tx.db.scalars(known)])))
    changed = Sentence(zh="（有改动）", en=" (changed)") if found.edition > 1 else Sentence(zh="", en="")
    letter = Writing(
        notice_id=named("notifications.announcement", f"{found.id}/{found.edition}"),
        class_name="confirmation" if found.asks else "announcement",
        subject=Sentence(zh=f"{found.title}{changed.zh}", en=f"{found.title}{changed.en}"),
        text=Sentence(zh=found.body, en=found.body),
        link=page(found),
        sender=found.created_by,
    )
    queue(tx, letter=letter, recipients=[f"school:{school_id}" for school_id in schools])


def receive(tx: Transaction, found: Announcement, schools: Sequence[UUID]) -> None:
    """These schools have it, or have it anew, and hear of this edition whether it waits for them. A fixed number of statements."""
    told = {"told_at": tx.now, "read_by": "", "edition": 0, "confirmed_by": "", "confirmed_name": ""}
    rows = [{"announcement_id": found.id, "school_id": id_, "version": 0, **told} for id_ in schools]
    insert_rows(tx.db, Receipt, rows, unless_there=True)
    theirs = Receipt.announcement_id == found.id, Receipt.school_id.in_(schools)
    anew = {
        "version": Receipt.version + 1,
        "told_at": tx.now,
        "read_at": None,
        "read_by": "",
        "principals": [],
    }
    tx.db.execute(
        sa.update(Receipt).where(*theirs).values(anew), execution_options={"synchronize_session": False}
    )
    if found.asks:
        say(tx, found, schools)


def say(tx: Transaction, found: Announcement, schools: Sequence[UUID]) -> None:
    """Whether it waits for these schools, as of their receipts' versions."""
    theirs = Receipt.announcement_id == found.id, Receipt.school_id.in_(schools)
    wanted = sa.select(Receipt).where(*theirs).order_by(Receipt.school_id)
    for receipt in tx.db.scalars(wanted.execution_options(populate_existing=True)):
        tx.emit(receipt.task(found, at=tx.now))


def remind_missing(tx: Transaction, found: Announcement, *, which: str) -> int:
    """Remind those who have not confirmed, once for each `which`; answers how many."""
    missing = [receipt.school_id for receipt in unconfirmed(tx.db, found)]
    if not found.asks or not missing:
        return 0
    letter = Writing(
        notice_id=named("notifications.reminder", f"{found.id}/{which}"),
        class_name="confirmation",
        subject=Sentence(zh=f"请确认：{found.title}", en=f"Please confirm: {found.title}"),
        text=Sentence(zh="这份通知还没有确认。", en="This notice is not confirmed yet."),
        link=page(found),
        sender=found.created_by,
    )
    queue(tx, letter=letter, recipients=[f"school:{school_id}" for school_id in missing])
    return len(missing)


def tell_principals(tx: Transaction, found: Announcement) -> None:
    """The principals of the schools that have not confirmed hear of it, and have it among what waits for them."""
    missing = {receipt.school_id: receipt for receipt in unconfirmed(tx.db, found)}
    principals = principals_of(tx.db, missing)
    if not principals:
        return
    for school_id, accounts in principals.items():
        receipt = missing[school_id]
        receipt.principals, receipt.version = accounts, receipt.version + 1
        tx.emit(receipt.task(found, at=tx.now))
    letter = Writing(
        notice_id=named("notifications.principals", f"{found.id}/{found.edition}"),
        class_name="confirmation",
        subject=Sentence(
            zh=f"贵校还没有确认：{found.title}", en=f"Your school has not confirmed: {found.title}"
        ),
        text=Sentence(
            zh="确认的时间已过，请安排人员确认。", en="The deadline is over. Please have it confirmed."
        ),
        link=page(found),
        sender=found.created_by,
    )
    queue(tx, letter=letter, recipients=[each for accounts in principals.values() for each in accounts])


def close_missing(tx: Transaction, found: Announcement) -> None:
    """The coordinators need look after it no more, if they were asked to: all have confirmed, or are asked anew."""
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


def page(found: Announcement) -> str:
    """The path of its page."""
    return f"/notifications/announcements/{found.id}"
