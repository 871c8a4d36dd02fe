"""Why a consumer stands still, kept where operators and other processes can see it.

Two things stop one: everything fails (then it is we who are broken, not the events), and records that
were deleted before they were read. Both are said here, turn the worker unready, and end when an operator
says `tongxing events resume`; the first also ends by itself when something succeeds again.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Integer, Table, Text
from sqlalchemy.orm import Session

from shared.db.base import SPINE, UtcDateTime
from shared.events.record import TopicPartition
from shared.text import Sentence

stops = Table(
    "stops",
    SPINE,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("consumer", Text, nullable=False, index=True),
    Column("topic", Text),  # with `partition`: the log whose records are gone; without: everything fails
    Column("partition", Integer),
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", Text),
    Column("reason", Text),
)


@dataclass(frozen=True, slots=True)
class Stop:
    """One open stop; `place` is None where it concerns the whole consumer."""

    id: int
    place: TopicPartition | None
    sentence: Sentence
    since: datetime


def open_stops(db: Session, consumer: str) -> list[Stop]:
    """What keeps this consumer from going on."""
    rows = db.execute(
        sa.select(stops).where(stops.c.consumer == consumer, stops.c.ended_at.is_(None)).order_by(stops.c.id)
    )
    return [
        Stop(
            row.id,
            None if row.topic is None else TopicPartition(row.topic, row.partition),
            Sentence(zh=row.zh, en=row.en),
            row.since,
        )
        for row in rows
    ]


def stop(
    db: Session, consumer: str, *, place: TopicPartition | None, sentence: Sentence, now: datetime
) -> None:
    """Say why the consumer stands still, once for each place."""
    if any(known.place == place for known in open_stops(db, consumer)):
        return
    db.execute(
        sa.insert(stops).values(
            consumer=consumer,
            topic=place and place.topic,
            partition=place and place.partition,
            zh=sentence.zh,
            en=sentence.en,
            since=now,
        )
    )


def end(db: Session, stop_id: int, *, by: str, reason: str, now: datetime) -> None:
    """End a stop and keep who said so and why."""
    db.execute(
        sa.update(stops)
        .where(stops.c.id == stop_id, stops.c.ended_at.is_(None))
        .values(ended_at=now, ended_by=by, reason=reason)
    )


def end_all(db: Session, consumer: str, *, by: str, reason: str, now: datetime) -> None:
    """End the stop that concerns the whole consumer."""
    for known in open_stops(db, consumer):
        if known.place is None:
            end(db, known.id, by=by, reason=reason, now=now)
