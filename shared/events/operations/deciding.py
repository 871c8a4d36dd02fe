"""Replay, discard, and taking a discard back: first a plan, then exactly that.

A replay lets the consumer try again, from the first attempt on; nothing is applied here. A discard frees the
events behind it. It can be taken back for as long as the discarded letter is kept (`Settings.keep_discarded`):
it is then a dead letter again and holds its key back again, from where the key stands now.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.db import Database, Transaction
from shared.errors import Invalid
from shared.events.inbox import inbox
from shared.events.operations import decisions
from shared.events.operations.choice import Choice
from shared.events.operations.decisions import Verb
from shared.events.operations.letters import letters
from shared.events.parking import State, parked
from shared.text import Sentence

T = TypeVar("T")

#: How many letters one transaction decides.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a decision would concern.

    ids: the letters, in the order in which they came. behind: events that wait behind them and are none of
    them. applied: those of them that the inbox knows, which no replay applies again. late: those that never
    held their key back, so that later events of the key were applied already.
    """

    ids: tuple[int, ...]
    behind: int
    applied: int
    late: int


def plan(db: Session, service: str, choice: Choice, *, states: tuple[State, ...]) -> Plan:
    """What deciding about the letters of these states that match would concern. Raises Invalid for no choice."""
    choice.insist()
    chosen = letters(db, service, choice, states=states)
    holding = [letter for letter in chosen if letter.blocks]
    queueing = sum(letter.state != "discarded" for letter in holding)
    return Plan(
        ids=tuple(letter.id for letter in chosen),
        behind=_queued(db, service, {(letter.topic, letter.key) for letter in holding}) - queueing,
        applied=_applied(db, service, [letter.event_id for letter in chosen if letter.event_id]),
        late=sum(not letter.blocks and letter.event_id is not None for letter in chosen),
    )


def replay(
    database: Database, service: str, ids: Sequence[int], *, actor: str, reason: str | None = None
) -> int:
    """Let these dead or failing letters be tried again now; answers how many there still were."""

    def change(tx: Transaction) -> dict[str, Any]:
        return {"state": "parked", "attempts": 0, "next_try_at": tx.now}

    return _decide(
        database, service, ids, change, actor=actor, verb="replayed", reason=reason, states=("parked", "dead")
    )


def discard(database: Database, service: str, ids: Sequence[int], *, actor: str, reason: str) -> int:
    """Give these letters up and free what waits behind them; answers how many there still were.

    Raises Invalid without a reason.
    """
    _insist_on(reason)

    def change(tx: Transaction) -> dict[str, Any]:
        return {"state": "discarded", "decided_at": tx.now, "decided_by": tx.actor, "decision": reason}

    return _decide(
        database,
        service,
        ids,
        change,
        actor=actor,
        verb="discarded",
        reason=reason,
        states=("parked", "dead"),
    )


def take_back(
    database: Database, service: str, ids: Sequence[int], *, actor: str, reason: str | None = None
) -> int:
    """Make these discarded letters dead ones again; answers how many there still were."""

    def change(_tx: Transaction) -> dict[str, Any]:
        return {"state": "dead", "decided_at": None, "decided_by": None, "decision": None}

    return _decide(
        database, service, ids, change, actor=actor, verb="taken back", reason=reason, states=("discarded",)
    )


def _decide(
    database: Database,
    service: str,
    ids: Sequence[int],
    change: Callable[[Transaction], dict[str, Any]],
    *,
    actor: str,
    verb: Verb,
    reason: str | None,
    states: tuple[State, ...],
) -> int:
    def some(tx: Transaction, chosen: Sequence[int]) -> int:
        # Locked in one order first: the consumer takes heads at the same time.
        standing = tx.db.scalars(
            sa.select(parked.c.id)
            .where(parked.c.consumer == service, parked.c.id.in_(chosen), parked.c.state.in_(states))
            .order_by(parked.c.id)
            .with_for_update()
        ).all()
        changed = tx.db.execute(
            sa.update(parked)
            .where(parked.c.id.in_(standing))
            .values(**change(tx))
            .returning(parked.c.id.label("parked_id"), parked.c.event_id, parked.c.topic, parked.c.key)
        ).mappings()
        about = sorted((dict(row) for row in changed), key=lambda row: int(row["parked_id"]))
        decisions.keep(tx, service, verb, about, reason=reason)
        return len(about)

    return sum(
        database.run(lambda tx, chosen=chosen: some(tx, chosen), actor=actor)  # type: ignore[misc]  # bound early
        for chosen in _parts(sorted(ids))
    )


def _insist_on(reason: str) -> None:
    if not reason.strip():
        raise Invalid(Sentence(zh="请写明理由。", en="Say why: a reason is missing."), field="reason")


def _applied(db: Session, service: str, event_ids: Sequence[str]) -> int:
    return sum(
        db.scalar(sa.select(sa.func.count()).where(inbox.c.consumer == service, inbox.c.event_id.in_(part)))
        or 0
        for part in _parts(sorted(set(event_ids)))
    )


def _queued(db: Session, service: str, keys: Collection[tuple[str, str]]) -> int:
    """How many letters stand in the queues of these keys."""
    rows = db.execute(
        sa.select(parked.c.topic, parked.c.key, sa.func.count().label("queued"))
        .where(parked.c.consumer == service, parked.c.state != "discarded", parked.c.blocks)
        .group_by(parked.c.topic, parked.c.key)
    )
    return sum(row.queued for row in rows if (row.topic, row.key) in keys)


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))
