"""Where a consumer stands: its positions, in its own database, moved in the transaction of the effect.

The offset that the broker keeps for the group is for lag tools only. What counts is here, together with
the identity of the topic that it belongs to, so that a restored database resumes where it was and a broker
that was made anew is noticed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db.base import SPINE
from shared.db.sets import among, dialect_of, rows_as
from shared.events.broker import Span
from shared.events.record import TopicPartition

positions = Table(
    "positions",
    SPINE,
    Column("consumer", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("identity", Text, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    PrimaryKeyConstraint("consumer", "topic", "partition"),
)


@dataclass(frozen=True, slots=True)
class Position:
    """`offset` is the next to read, in the topic that has this `identity`."""

    identity: str
    offset: int


@dataclass(frozen=True, slots=True)
class From:
    """Go on from this offset; `anew` says that the broker was made anew since, and all is read again."""

    offset: int
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """So many records were deleted before this consumer had read them."""

    records: int


def resume_at(position: Position | None, *, identity: str, span: Span) -> From | Gone:
    """Where to go on, by the rules of architecture §4.

    Who never read begins with what is there. Another identity, or a position beyond the end, means that
    the broker was made anew: from the start, the inbox absorbs what is known. A position before the start,
    and a new log whose first records were deleted already, mean that records are gone.
    """
    if position is None:
        return From(span.start)
    if position.identity != identity:
        return Gone(span.start) if span.start else From(0, anew=True)
    if position.offset > span.end:
        return From(span.start, anew=True)
    if position.offset < span.start:
        return Gone(span.start - position.offset)
    return From(position.offset)


def at(db: Session, consumer: str, places: Iterable[TopicPartition]) -> dict[TopicPartition, Position]:
    """The positions at these places as they are right now; places without one are left out."""
    return _found(db, consumer, places, locked=False)


def lock(db: Session, consumer: str, places: Iterable[TopicPartition]) -> dict[TopicPartition, Position]:
    """The positions at these places, locked until the commit; places without one are left out.

    The lock is what keeps a member that lost its partition, and does not know it yet, from doing an
    effect again: it waits for the new owner and then finds the position moved. Locks are taken in one
    order, so that two members cannot wait for each other.
    """
    return _found(db, consumer, places, locked=True)


def move(db: Session, consumer: str, to: Mapping[TopicPartition, Position]) -> None:
    """Put the positions where they are now."""
    db.execute(
        _move(dialect_of(db)),
        [
            {
                "consumer": consumer,
                "topic": place.topic,
                "partition": place.partition,
                "identity": position.identity,
                "next_offset": position.offset,
            }
            for place, position in sorted(to.items())
        ],
    )


def _found(
    db: Session, consumer: str, places: Iterable[TopicPartition], *, locked: bool
) -> dict[TopicPartition, Position]:
    wanted, dialect = sorted(set(places)), dialect_of(db)
    if not wanted:
        return {}
    asked = {"of": consumer, **rows_as(dialect, "places", wanted)}
    return {
        TopicPartition(row.topic, row.partition): Position(row.identity, row.next_offset)
        for row in db.execute(_chosen(dialect, locked=locked), asked)
    }


@cache
def _chosen(dialect: str, *, locked: bool) -> sa.Select[str, int, str, int]:
    chosen = (
        sa.select(positions.c.topic, positions.c.partition, positions.c.identity, positions.c.next_offset)
        .where(
            positions.c.consumer == sa.bindparam("of"),
            among(dialect, (positions.c.topic, positions.c.partition), "places"),
        )
        .order_by(positions.c.topic, positions.c.partition)
    )
    return chosen.with_for_update() if locked else chosen


@cache
def _move(dialect: str) -> sa.Insert:
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(positions)
    return statement.on_conflict_do_update(
        index_elements=["consumer", "topic", "partition"],
        set_={"identity": statement.excluded.identity, "next_offset": statement.excluded.next_offset},
    )
