"""Reaching: what an announcement means for each school; of a few at once, of many in the steps of jobs.

Each piece locks the announcement, as whoever changes it does: it sees what was changed while it was on its way, and
whoever changes it sees whom the pieces before have reached.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from services.notifications.announcements.model import Announcement, Receipt
from services.notifications.announcements.queries import principals_of
from services.notifications.deliveries.commands import queue_some, spread
from services.notifications.deliveries.commands.queueing import Each
from services.notifications.deliveries.model import Letter, Writing
from services.notifications.inbox.model import ASKING
from shared.db import Transaction
from shared.db.bulk import insert_rows
from shared.ids import named

#: How much further a receipt begins for each version of its announcement: more than is said to a school between two of
#: them. A session may let a school go and invite it anew: what is said then must count as newer than what was said before.
_STRIDE = 16

TELLING, WITHDRAWING, PRESSING = "announcements.tell", "announcements.withdraw", "announcements.principals"


def reach_schools(tx: Transaction, *, letter: Writing, schools: Sequence[UUID], job: str) -> None:
    """Do the job of `STEPS` for these schools, with the letter that goes out to them."""
    recipients = [f"school:{school_id}" for school_id in schools]
    spread(tx, letter=letter, recipients=recipients, each=STEPS[job], job=job)


def told_by(found: Announcement) -> UUID:
    """The letter of this edition."""
    return named("notifications.announcement", f"{found.id}/{found.edition}")


def withdrawn_by(found: Announcement) -> UUID:
    """The letter that says that it holds no more."""
    return named("notifications.withdrawal", str(found.id))


def pressed_by(found: Announcement) -> UUID:
    """The letter to the principals of those that have not confirmed this edition."""
    return named("notifications.principals", f"{found.id}/{found.edition}")


def receive(tx: Transaction, found: Announcement, schools: Sequence[UUID]) -> None:
    """These schools have it, or have it anew, and hear of this edition whether it waits for them. A fixed number of statements."""
    told: dict[str, object] = {
        "told_at": tx.now,
        "read_by": "",
        "edition": 0,
        "confirmed_by": "",
        "confirmed_name": "",
    }
    told |= {"announcement_id": found.id, "version": found.version * _STRIDE}
    rows = [{"school_id": id_, **told} for id_ in schools]
    insert_rows(tx.db, Receipt, rows, unless_there=True)
    anew: dict[str, object] = {"told_at": tx.now, "read_at": None, "read_by": "", "principals": []}
    _advance(tx, found, schools, **anew)
    _say_if_asked(tx, found, schools)


def say(tx: Transaction, found: Announcement, schools: Sequence[UUID]) -> None:
    """Whether it waits for these schools, as of their receipts' versions."""
    theirs = Receipt.announcement_id == found.id, Receipt.school_id.in_(schools)
    wanted = sa.select(Receipt).where(*theirs).order_by(Receipt.school_id)
    for receipt in tx.db.scalars(wanted.execution_options(populate_existing=True)):
        tx.emit(receipt.task(found, at=tx.now))


def _tell_some(tx: Transaction, notice_id: UUID, recipients: Sequence[str]) -> None:
    """They have this edition; unless it was changed or withdrawn on its way, for then nobody hears of it any more."""
    found = _announcement_of(tx, notice_id)
    if found.state == "sent" and notice_id == told_by(found):
        receive(tx, found, _schools(recipients))
        queue_some(tx, notice_id, recipients)


def _withdraw_some(tx: Transaction, notice_id: UUID, recipients: Sequence[str]) -> None:
    found, schools = _announcement_of(tx, notice_id), _schools(recipients)
    _advance(tx, found, schools)
    _say_if_asked(tx, found, schools)
    queue_some(tx, notice_id, recipients)


def _press_some(tx: Transaction, notice_id: UUID, recipients: Sequence[str]) -> None:
    """The principals of those that have not confirmed meanwhile."""
    found = _announcement_of(tx, notice_id)
    if found.state != "sent" or notice_id != pressed_by(found):
        return
    missing = sa.select(Receipt).where(
        Receipt.announcement_id == found.id,
        Receipt.school_id.in_(_schools(recipients)),
        Receipt.edition != found.edition,
    )
    receipts = tx.db.scalars(missing.order_by(Receipt.school_id).with_for_update()).all()
    principals = principals_of(tx.db, [receipt.school_id for receipt in receipts])
    for receipt in receipts:
        if accounts := principals.get(receipt.school_id):
            receipt.principals, receipt.version = accounts, receipt.version + 1
            tx.emit(receipt.task(found, at=tx.now))
    queue_some(tx, notice_id, [each for accounts in principals.values() for each in accounts])


def _say_if_asked(tx: Transaction, found: Announcement, schools: Sequence[UUID]) -> None:
    if found.asks or found.edition > 1:  # an edition before this one may have asked
        say(tx, found, schools)


def _advance(tx: Transaction, found: Announcement, schools: Sequence[UUID], **values: object) -> None:
    theirs = Receipt.announcement_id == found.id, Receipt.school_id.in_(schools)
    tx.db.execute(
        sa.update(Receipt).where(*theirs).values(version=Receipt.version + 1, **values),
        execution_options={"synchronize_session": False},
    )


def _announcement_of(tx: Transaction, notice_id: UUID) -> Announcement:
    link = tx.db.scalars(sa.select(Letter.link).where(Letter.notice_id == notice_id)).one()
    return tx.load(Announcement, UUID(link.removeprefix(ASKING)))


def _schools(recipients: Sequence[str]) -> list[UUID]:
    return [UUID(each.removeprefix("school:")) for each in recipients]


#: What is done for some of an announcement's schools, by the kind of job that does it for many.
STEPS: Mapping[str, Each] = {TELLING: _tell_some, WITHDRAWING: _withdraw_some, PRESSING: _press_some}
