"""Gathering what waits for the day's mail into one, when its hour has come."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from services.notifications.channels.model import Channel
from services.notifications.deliveries.commands.queueing import queue_by
from services.notifications.deliveries.model import Delivery, Letter, Writing
from services.notifications.digests.queries import channels_due, due_for, read_meanwhile
from shared.db import Transaction
from shared.ids import named
from shared.jobs import Done, More, Outcome, Step, enqueue
from shared.text import Sentence

JOB = "digests.gather"

#: Channels in one transaction, so that nobody waits long where there is one writer.
AT_ONCE = 50

#: Notices that one digest names; the rest is counted.
NAMED = 40


def ask(tx: Transaction) -> None:
    """The timer: have a job gather what is due, if anything is. Two of them at once do no harm."""
    if channels_due(tx.db, now=tx.now, limit=1):
        enqueue(tx, kind=JOB, arguments={"now": tx.now.isoformat()})


def gather_due(step: Step) -> Outcome:
    """The job: some channels a step."""
    now = datetime.fromisoformat(str(step.arguments["now"]))
    with step.reading() as db:
        channels = channels_due(db, now=now, limit=AT_ONCE)
    if not channels:
        return Done()
    return More(effect=partial(gather, channels=channels), checkpoint={})


def gather(tx: Transaction, *, channels: Sequence[UUID]) -> None:
    """Make one letter of what is due for each of the channels; what was read meanwhile is left out, and the log says so."""
    due = due_for(tx.db, channels, now=tx.now)
    if not due:
        return
    read = read_meanwhile(tx.db, due)
    letters = {
        letter.notice_id: letter
        for letter in tx.db.scalars(
            sa.select(Letter).where(Letter.notice_id.in_({each.notice_id for each in due}))
        )
    }
    several: dict[UUID, list[Delivery]] = {}
    for each in due:
        each.done_at = tx.now
        if each.id in read:
            each.state, each.reason = "skipped", "read"
        else:
            several.setdefault(each.channel_id, []).append(each)
    for channel_id, rows in several.items():
        channel = tx.db.get_one(Channel, channel_id)
        digest_id = queue_by(tx, letter=_letter(rows, letters), channel=channel)
        for row in rows:
            row.state, row.digest_id = "merged", digest_id


def _letter(rows: Sequence[Delivery], letters: dict[UUID, Letter]) -> Writing:
    """The id derives from what is in it: doing it again makes no second one."""
    number = len(rows)
    shown = [letters[row.notice_id] for row in rows[:NAMED]]
    more = number - len(shown)
    zh = [f"· {letter.subject_zh}" for letter in shown] + ([f"还有 {more} 条。"] if more else [])
    en = [f"· {letter.subject_en}" for letter in shown] + ([f"And {more} more."] if more else [])
    return Writing(
        notice_id=named("notifications.digest", ",".join(row.id.hex for row in rows)),
        class_name="digest",
        subject=Sentence(zh=f"今日通知汇总：{number} 条", en=f"Today's notices: {number}"),
        text=Sentence(zh="\n".join(zh), en="\n".join(en)),
        link="/notifications/",
    )
