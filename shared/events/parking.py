"""Parking: events that could not be applied wait in the consumer's own database, each key in its order.

The first failed event of a key is its head; the later events of that key queue behind it, and other keys go
on. The head is tried again with back-off. After its last try it is a dead letter: it keeps its followers
waiting until an operator replays or discards it. What was no event at all blocks nobody.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.orm import Session

from shared.db.base import SPINE, UtcDateTime
from shared.db.sets import dialect_of, one_of
from shared.events.envelope import pack_headers, unpack_headers
from shared.events.record import StoredRecord

State = Literal["parked", "dead", "discarded"]

_BIGINT = BigInteger().with_variant(Integer, "sqlite")

parked = Table(
    "parked",
    SPINE,
    Column("id", _BIGINT, primary_key=True, autoincrement=True),
    Column("consumer", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("raw_key", LargeBinary),
    Column("value", LargeBinary),
    Column("headers", LargeBinary, nullable=False),  # exact, where a broken record's are no text
    Column("event_id", Text),
    Column("type", Text),
    Column("state", Text, nullable=False),
    Column("blocks", Boolean, nullable=False),
    Column("parked_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("error", Text),
    Column("stack", Text),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Text),
    Column("decision", Text),
    Index("ix_parked_key", "consumer", "topic", "key", "id"),
    Index("ix_parked_due", "consumer", "state", "next_try_at"),
    Index("ix_parked_event", "consumer", "event_id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an event could not be applied: a sentence, the stack, and whether trying again can help."""

    sentence: str
    stack: str
    final: bool


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often and when a head is tried again: `first` after the first failure, doubled up to `longest`."""

    tries: int = 8
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=10)

    def wait(self, attempts: int) -> timedelta:
        """How long to wait after so many failures."""
        wait: timedelta = self.first * 2 ** min(attempts - 1, 20)
        return min(self.longest, wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRecord:
    """A row of the table, with the record as it lay in the broker."""

    id: int
    record: StoredRecord
    key: str
    event_id: str | None
    type: str | None
    state: State
    attempts: int


def standing(
    db: Session, consumer: str, *, topics: Iterable[str], event_ids: Collection[str]
) -> tuple[set[tuple[str, str]], set[str]]:
    """What parking says of a batch: the (topic, key) pairs whose events have to queue, and which events are kept.

    Kept are those of `event_ids` that are parked, dead or discarded here: a duplicate of one changes nothing.
    One question for both, because each batch of each consumer asks it and the answer is nearly always nothing.
    """
    asked = {"consumer": consumer, "topics": list(topics), "event_ids": list(event_ids)}
    rows = db.execute(_standing(dialect_of(db)), asked).all()
    return {(row.topic, row.key) for row in rows if row.event_id is None}, {
        row.event_id for row in rows if row.event_id is not None
    }


def park(
    db: Session,
    consumer: str,
    record: StoredRecord,
    *,
    event_id: str | None,
    type_: str | None,
    failure: Failure,
    now: datetime,
    backoff: Backoff,
) -> None:
    """Park a record that failed as the head of its key.

    A final failure is a dead letter at once; it keeps its followers waiting if it was an event of a known
    type, whose key therefore means something.
    """
    _insert(
        db,
        consumer,
        record,
        event_id=event_id,
        type=type_,
        state="dead" if failure.final else "parked",
        blocks=type_ is not None,
        parked_at=now,
        attempts=1,
        next_try_at=now + backoff.wait(1),
        error=failure.sentence,
        stack=failure.stack,
    )


def queue(
    db: Session, consumer: str, record: StoredRecord, *, event_id: str | None, type_: str, now: datetime
) -> None:
    """Park a record behind the head of its key; its turn comes when nothing of its key is before it."""
    _insert(
        db, consumer, record, event_id=event_id, type=type_, state="parked", blocks=True,
        parked_at=now, attempts=0, next_try_at=now,
    )  # fmt: skip


def due_heads(db: Session, consumer: str, *, now: datetime, most: int) -> Sequence[int]:
    """The rows to try now: parked, due, and with nothing of their key before them."""
    earlier = parked.alias("earlier")
    return db.scalars(
        sa.select(parked.c.id)
        .where(
            parked.c.consumer == consumer,
            parked.c.state == "parked",
            parked.c.next_try_at <= now,
            ~sa.exists().where(
                earlier.c.consumer == parked.c.consumer,
                earlier.c.topic == parked.c.topic,
                earlier.c.key == parked.c.key,
                earlier.c.id < parked.c.id,
                _blocking(earlier),
            ),
        )
        .order_by(parked.c.next_try_at, parked.c.id)
        .limit(most)
    ).all()


def take(db: Session, id_: int) -> ParkedRecord | None:
    """The row, locked, if it is still parked; None where another worker was first."""
    row = db.execute(
        sa.select(parked).where(parked.c.id == id_, parked.c.state == "parked").with_for_update()
    ).one_or_none()
    return None if row is None else as_record(row)


def release(db: Session, id_: int) -> None:
    """Take an applied row out; the next of its key is the head now."""
    db.execute(sa.delete(parked).where(parked.c.id == id_))


def failed_again(
    db: Session, row: ParkedRecord, failure: Failure, *, now: datetime, backoff: Backoff, count: bool
) -> bool:
    """Note another failure of a head; answers whether it is a dead letter now.

    With `count` false the attempt is not counted: while the whole consumer is stopped, it is not this
    event that is at fault.
    """
    attempts = row.attempts + count
    dead = failure.final or attempts >= backoff.tries
    db.execute(
        sa.update(parked)
        .where(parked.c.id == row.id)
        .values(
            attempts=attempts,
            state="dead" if dead else "parked",
            next_try_at=now + backoff.wait(max(attempts, 1)),
            error=_storable(failure.sentence),
            stack=_storable(failure.stack),
        )
    )
    return dead


def key_text(record: StoredRecord) -> str:
    """The record's key as text; bytes that are no UTF-8 stay readable."""
    return _storable((record.key or b"").decode(errors="backslashreplace"))


def as_record(row: sa.Row[Any]) -> ParkedRecord:
    """A row of the table as an object."""
    return ParkedRecord(
        id=row.id,
        record=StoredRecord(
            topic=row.topic,
            partition=row.partition,
            offset=row.offset,
            key=row.raw_key,
            value=row.value,
            headers=unpack_headers(row.headers),
        ),
        key=row.key,
        event_id=row.event_id,
        type=row.type,
        state=row.state,
        attempts=row.attempts,
    )


def _insert(db: Session, consumer: str, record: StoredRecord, **columns: object) -> None:
    db.execute(
        sa.insert(parked),
        {
            "consumer": consumer,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "key": key_text(record),
            "raw_key": record.key,
            "value": record.value,
            "headers": pack_headers(record.headers),
            **{
                name: _storable(value) if isinstance(value, str) else value for name, value in columns.items()
            },
        },
    )


def _storable(text: str) -> str:
    """The text without zero bytes, which PostgreSQL's text cannot hold and a stranger may have sent."""
    return text.replace("\x00", "\\x00")


def _blocking(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.blocks, table.c.state.in_(("parked", "dead")))


@cache
def _standing(dialect: str) -> sa.CompoundSelect[str, str, str]:
    theirs = parked.c.consumer == sa.bindparam("consumer")
    keys = (
        sa.select(parked.c.topic, parked.c.key, sa.null().label("event_id"))
        .where(theirs, one_of(dialect, parked.c.topic, "topics"), _blocking(parked))
        .distinct()
    )
    events = sa.select(parked.c.topic, parked.c.key, parked.c.event_id).where(
        theirs, one_of(dialect, parked.c.event_id, "event_ids")
    )
    return sa.union_all(keys, events)
