"""Reading what could not be applied: the parked, the dead and the discarded."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.errors import NotFound
from shared.events import inbox, parking
from shared.events.operations import decisions
from shared.events.operations.choice import Choice
from shared.events.operations.decisions import Decision
from shared.events.parking import State, parked
from shared.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One record that could not be applied, or waits behind one.

    topic, partition, offset: where it lay. head: whether it is the first of its key that waits. behind: how
    many later events of its key wait for it. blocks: whether it holds its key back; what was no event of a
    known type does not. decided_…: on a discarded one, by whom, when and why.
    """

    id: int
    service: str
    state: State
    topic: str
    partition: int
    offset: int
    key: str
    event_id: str | None
    type: str | None
    parked_at: datetime
    attempts: int
    next_try_at: datetime
    error: str | None
    head: bool
    behind: int
    blocks: bool
    decided_at: datetime | None
    decided_by: str | None
    decision: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterInFull:
    """A letter with the original record and its story.

    value: the record's data as text, or in base64 where it is no UTF-8 (`value_is_base64`); None where the
    record has none. applied: whether this service's inbox knows the event: a replay would only take it out.
    """

    letter: Letter
    headers: tuple[tuple[str, str], ...]
    value: str | None
    value_is_base64: bool
    applied: bool
    stack: str | None
    history: tuple[Decision, ...]


def letters(db: Session, service: str, choice: Choice, *, states: tuple[State, ...]) -> list[Letter]:
    """The letters of these states that match, in the order in which they came."""
    ranked = _ranked(service)
    rows = db.execute(
        sa.select(ranked).where(ranked.c.state.in_(states), *choice.conditions(ranked)).order_by(ranked.c.id)
    )
    return [_letter(row) for row in rows]


def show(db: Session, service: str, letter_id: int) -> LetterInFull:
    """One letter with all that is known of it. Raises NotFound."""
    ranked = _ranked(service)
    found = db.execute(sa.select(ranked).where(ranked.c.id == letter_id)).one_or_none()
    if found is None:
        raise NotFound(
            Sentence(
                zh=f"{service} 没有编号为 {letter_id} 的消息：可能已被处理，或过期删除。",
                en=f"{service} has no letter {letter_id}: it was applied since, or deleted after its time.",
            )
        )
    row = db.execute(sa.select(parked).where(parked.c.id == letter_id)).one()
    record = parking.as_record(row).record
    value, is_base64 = _readable(record.value)
    return LetterInFull(
        letter=_letter(found),
        headers=tuple((name, content.decode(errors="backslashreplace")) for name, content in record.headers),
        value=value,
        value_is_base64=is_base64,
        applied=row.event_id is not None and bool(inbox.known(db, service, [row.event_id])),
        stack=row.stack,
        history=decisions.about_letter(db, letter_id),
    )


def _ranked(service: str) -> sa.Subquery:
    """All letters of the service; those that block with their place in the queue of their key."""
    blocking = sa.and_(parked.c.blocks, parked.c.state != "discarded")
    queue = (parked.c.topic, parked.c.key, blocking)
    columns = [
        column
        for column in parked.c
        if column.name not in {"raw_key", "value", "headers", "stack", "consumer"}
    ]
    return (
        sa.select(
            *columns,
            parked.c.consumer.label("service"),
            blocking.label("blocking"),
            sa.func.row_number().over(partition_by=queue, order_by=parked.c.id).label("place"),
            sa.func.count().over(partition_by=queue).label("waiting"),
        )
        .where(parked.c.consumer == service)
        .subquery()
    )


def _letter(row: sa.Row[Any]) -> Letter:
    return Letter(
        id=row.id,
        service=row.service,
        state=row.state,
        topic=row.topic,
        partition=row.partition,
        offset=row.offset,
        key=row.key,
        event_id=row.event_id,
        type=row.type,
        parked_at=row.parked_at,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        error=row.error,
        head=bool(row.blocking) and row.place == 1,
        behind=row.waiting - row.place if row.blocking else 0,
        blocks=row.blocks,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        decision=row.decision,
    )


def _readable(value: bytes | None) -> tuple[str | None, bool]:
    if value is None:
        return None, False
    try:
        return value.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(value).decode(), True
