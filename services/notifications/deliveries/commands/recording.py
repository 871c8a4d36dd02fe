"""Writing down what came of each try, and what it says of the channel. Done again from its start it writes the same."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from services.notifications.channels.commands.rates import block
from services.notifications.channels.model import Answer, Channel
from services.notifications.deliveries.commands.claiming import Claimed
from services.notifications.deliveries.commands.stopping import stop_channel
from services.notifications.deliveries.model import Attempt, Delivery, Letter
from services.notifications.deliveries.policies import FAILING_FOR, FAILURES, Fate, fate
from services.notifications.preferences.model import class_of
from shared.db import Transaction
from shared.db.bulk import update_rows

#: A channel's last success is kept to the minute: each of thousands would be a write more.
_TO_THE_MINUTE = timedelta(minutes=1)

_DICE = secrets.SystemRandom()

#: What may be tried again, and so needs its dice.
_AGAIN = frozenset({"failed", "in_doubt"})


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a claimed delivery, and when."""

    claimed: Claimed
    answer: Answer
    at: datetime


def record(tx: Transaction, results: Sequence[Result]) -> None:
    """Write the ends of the attempts and what becomes of the deliveries, of those that are still ours.

    A claim that was lost meanwhile changes the attempt's row alone: what it says is true all the same.
    """
    fates = [
        fate(
            each.answer,
            kind=each.claimed.parcel.kind,
            attempts=each.claimed.tries,
            again=each.claimed.again,
            now=tx.now,
            expires_at=each.claimed.expires_at,
            chance=_DICE.random() if each.answer.outcome in _AGAIN else 0.0,
        )
        for each in results
    ]
    _end_attempts(tx, results, fates)
    _move(tx, results, fates)
    _limit(tx, results)
    _judge(tx, results)


def take_back(tx: Transaction, *, most: int = 200) -> int:
    """What was claimed and never answered for: cut off between send and record, or before. Answers how many.

    A webhook is repeated under its id; of a mail or a robot's message its class says whether it goes out again, under the
    same Message-ID, or whether its sender is asked; of these only what was being sent is in doubt.
    """
    rows = tx.db.execute(
        sa.select(Delivery, Channel.kind, Letter.class_name, Letter.expires_at, _being_sent())
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(Letter, Letter.notice_id == Delivery.notice_id)
        .where(Delivery.state == sa.literal_column("'sending'"), Delivery.lease_until < tx.now)
        .limit(most)
        .with_for_update(of=Delivery, skip_locked=True)
    ).all()
    for row, kind, class_name, expires_at, being_sent in rows:
        again = class_of(class_name).again
        untouched = being_sent is False and kind != "webhook" and not again
        became = fate(
            Answer(outcome="untried" if untouched else "in_doubt"),
            kind=kind,
            attempts=row.attempts,
            again=again,
            now=tx.now,
            expires_at=expires_at,
            chance=_DICE.random(),
        )
        tx.db.execute(
            sa.update(Attempt)
            .where(Attempt.delivery_id == row.id, Attempt.claim == row.claim, Attempt.outcome.is_(None))
            .values(ended_at=tx.now, outcome="untried" if untouched else "cut_off", next_at=became.due_at)
        )
        row.attempts -= not became.counts
        row.state, row.reason, row.claim, row.lease_until = became.state, became.reason, None, None
        row.due_at = became.due_at or row.due_at
    return len(rows)


def _being_sent() -> sa.ScalarSelect[bool | None]:
    return (
        sa.select(Attempt.sending)
        .where(Attempt.delivery_id == Delivery.id, Attempt.claim == Delivery.claim)
        .limit(1)
        .scalar_subquery()
    )


def _end_attempts(tx: Transaction, results: Sequence[Result], fates: Sequence[Fate]) -> None:
    ended = [
        {
            "delivery_id": each.claimed.parcel.id,
            "claim": each.claimed.claim,
            "ended_at": each.at,
            "outcome": each.answer.outcome,
            "code": each.answer.code,
            "answer": each.answer.text,
            "next_at": became.due_at,
        }
        for each, became in zip(results, fates, strict=True)
    ]
    update_rows(tx.db, Attempt, ended, keys=("delivery_id", "claim"))


def _move(tx: Transaction, results: Sequence[Result], fates: Sequence[Fate]) -> None:
    """One statement for all that end alike: on the way that everything should take, one for each claim."""
    alike: dict[tuple[UUID, Fate], list[UUID]] = defaultdict(list)
    for each, became in zip(results, fates, strict=True):
        alike[each.claimed.claim, became].append(each.claimed.parcel.id)
    for (claim, became), ids in alike.items():
        values: dict[str, object] = {
            "state": became.state,
            "reason": became.reason,
            "claim": None,
            "lease_until": None,
            "done_at": tx.now if became.due_at is None and became.state != "in_doubt" else None,
        }
        if became.due_at is not None:
            values["due_at"] = became.due_at
        if not became.counts:
            values["attempts"] = Delivery.attempts - 1
        tx.db.connection().execute(
            sa.update(Delivery).where(Delivery.id.in_(ids), Delivery.claim == claim).values(**values)
        )


def _limit(tx: Transaction, results: Iterable[Result]) -> None:
    for each in results:
        if each.answer.outcome == "limited" and each.answer.wait:
            block(tx, mark=each.claimed.parcel.mark, until=tx.now + each.answer.wait)


def _judge(tx: Transaction, results: Iterable[Result]) -> None:
    """What the tries say of their channels, in the order of ids, so that no two replicas wait for each other."""
    worked = {each.claimed.channel_id for each in results if each.answer.outcome in {"sent", "delivered"}}
    failed: dict[UUID, int] = defaultdict(int)
    condemned: dict[UUID, str] = {}
    for each in results:
        if each.answer.channel:
            condemned[each.claimed.channel_id] = each.answer.channel
        elif each.answer.outcome in {"failed", "in_doubt"} and each.claimed.channel_id not in worked:
            failed[each.claimed.channel_id] += 1
    fresh = tx.now - _TO_THE_MINUTE
    if worked:
        old = sa.or_(Channel.failures > 0, Channel.worked_at.is_(None), Channel.worked_at < fresh)
        tx.db.connection().execute(
            sa.update(Channel)
            .where(Channel.id.in_(sorted(worked)), old)
            .values(failures=0, failing_since=None, worked_at=tx.now)
        )
    for id_ in sorted(failed.keys() | condemned.keys()):
        channel = tx.load(Channel, id_)
        if id_ in failed:
            channel.failures += failed[id_]
            channel.failing_since = channel.failing_since or tx.now
        why = condemned.get(id_, "")
        if (
            not why
            and channel.failures >= FAILURES
            and tx.now - (channel.failing_since or tx.now) >= FAILING_FOR
        ):
            why = "failing"
        if why:
            stop_channel(tx, channel=channel, why=why)
