"""Queueing: a row for every recipient and channel, made in bulk; what is there already stays as it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.notifications.channels.model import Channel
from services.notifications.channels.queries import Way, ways_to
from services.notifications.deliveries.model import Delivery, FanOut, Letter, Writing
from services.notifications.preferences.model import NoticeClass, class_of
from services.notifications.preferences.queries import Chosen, chosen_by
from shared.db import Transaction
from shared.db.bulk import insert_rows
from shared.ids import named, uuid7
from shared.jobs import Done, More, Outcome, Step, enqueue

#: Recipients that are reached within the caller's transaction; of more a job takes care, so many at a time: on SQLite
#: nobody who writes meanwhile waits for longer than one piece.
AT_ONCE = 500

JOB = "deliveries.fan-out"

#: What is done for some of the recipients of a letter, which is named by its notice.
Each = Callable[[Transaction, UUID, Sequence[str]], None]


def queue(tx: Transaction, *, letter: Writing, recipients: Sequence[str]) -> None:
    """Have the letter go out to these recipients by each of their channels, as they chose; the inbox is not its business.

    recipients: `school:ID` or `account:ID`, in any number and repeatedly: a recipient has a letter once by each channel.
    Who has no channel has no row. Calling again with the same notice adds recipients; the first wording stays.
    """
    spread(tx, letter=letter, recipients=recipients, each=queue_some, job=JOB)


def spread(tx: Transaction, *, letter: Writing, recipients: Sequence[str], each: Each, job: str) -> None:
    """Write the letter and do `each` for its recipients, now or, of many, in the steps of a job.

    job: the kind of job whose handler is `stepwise(each)`.
    """
    _write(tx, letter)
    several = list(dict.fromkeys(recipients))
    if len(several) > AT_ONCE:
        id_ = uuid7()
        tx.db.execute(sa.insert(FanOut).values(id=id_, notice_id=letter.notice_id, recipients=several))
        enqueue(tx, kind=job, arguments={"fan_out": str(id_)})
    else:
        each(tx, letter.notice_id, several)


def stepwise(each: Each) -> Callable[[Step], Outcome]:
    """The job behind `spread`: a piece of the recipients a step, each in a transaction of its own."""

    def handler(step: Step) -> Outcome:
        id_ = UUID(str(step.arguments["fan_out"]))
        at = int(step.checkpoint["at"]) if step.checkpoint else 0
        with step.reading() as db:
            row = db.get(FanOut, id_)
        if row is None or at >= len(row.recipients):
            return Done(effect=lambda tx: tx.db.execute(sa.delete(FanOut).where(FanOut.id == id_)))
        some = row.recipients[at : at + AT_ONCE]
        return More(
            effect=lambda tx: each(tx, row.notice_id, some),
            checkpoint={"at": at + len(some)},
            done=at + len(some),
            total=len(row.recipients),
        )

    return handler


def queue_by(tx: Transaction, *, letter: Writing, channel: Channel) -> UUID:
    """Have the letter go out by this channel alone; answers the delivery."""
    _write(tx, letter)
    _insert_rows(tx, letter.notice_id, class_of(letter.class_name), [channel])
    return delivery_id(letter.notice_id, channel.owner, channel.id)


def delivery_id(notice_id: UUID, recipient: str, channel_id: UUID) -> UUID:
    """The id that the three always have: what a webhook's reader and a mail server know it by."""
    return named("notifications.delivery", f"{notice_id}/{recipient}/{channel_id}")


def _write(tx: Transaction, letter: Writing) -> None:
    notice_class = class_of(letter.class_name)
    tx.db.execute(
        _insert(tx)(Letter)
        .values(
            notice_id=letter.notice_id,
            class_name=letter.class_name,
            subject_zh=letter.subject.zh,
            subject_en=letter.subject.en,
            text_zh=letter.text.zh,
            text_en=letter.text.en,
            link=letter.link,
            sender=letter.sender,
            written_at=tx.now,
            expires_at=letter.expires_at or tx.now + notice_class.stale_after,
        )
        .on_conflict_do_nothing()
    )


def queue_some(tx: Transaction, notice_id: UUID, recipients: Sequence[str]) -> None:
    """The rows of these recipients, in one statement."""
    ways = ways_to(tx.db, recipients)
    if not ways:
        return
    class_name = tx.db.scalars(sa.select(Letter.class_name).where(Letter.notice_id == notice_id)).one()
    _insert_rows(tx, notice_id, class_of(class_name), ways)


def _insert_rows(
    tx: Transaction, notice_id: UUID, notice_class: NoticeClass, ways: Sequence[Way | Channel]
) -> None:
    """Past the mapper, which would look at each of the rows."""
    chosen = chosen_by(
        tx.db,
        {way.owner for way in ways},
        notice_class=notice_class,
        channels=[way.id for way in ways if way.kind == "email"],
    )
    rows = [_row(notice_id, notice_class, way, chosen=chosen, now=tx.now) for way in ways]
    insert_rows(tx.db, Delivery, rows, unless_there=True)


def _row(
    notice_id: UUID,
    notice_class: NoticeClass,
    way: Way | Channel,
    *,
    chosen: Chosen,
    now: datetime,
) -> dict[str, object]:
    """One delivery, with who decided how it goes out and when."""
    owner = way.owner
    decision = chosen.how(notice_class, way.kind, owner, channel=way.id)
    state, due, reason, done = "queued", now, "", None
    if decision.mode == "off":
        state, reason, done = "skipped", "preference", now
    elif decision.mode == "digest":
        state, reason, due = "digest", "digest", chosen.digest_due(owner, now)
    elif way.state == "paused":
        state, reason = "held", "paused"
    elif not notice_class.urgent and (until := chosen.held_until(owner, now)):
        reason, due = "quiet", until
    return {
        "id": delivery_id(notice_id, owner, way.id),
        "notice_id": notice_id,
        "recipient": owner,
        "channel_id": way.id,
        "school_id": way.school_id,
        "endpoint": way.endpoint,
        "state": state,
        "due_at": due,
        "attempts": 0,
        "claim": None,
        "lease_until": None,
        "reason": reason,
        "layer": decision.layer,
        "queued_at": now,
        "done_at": done,
        "digest_id": None,
    }


def _insert(tx: Transaction) -> type[postgresql.Insert] | type[sqlite.Insert]:
    """The dialect's INSERT, which knows what to do about a row that is there."""
    return postgresql.Insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.Insert
