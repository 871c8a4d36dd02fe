"""What the event tables of one service hold now, for metrics: read when somebody scrapes."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.db import Database
from shared.events import stops
from shared.events.broker import Broker
from shared.events.outbox import outbox, unsent
from shared.events.parking import parked
from shared.events.positions import positions
from shared.observe import metrics
from shared.observe.scraped import Reading


def outbox_readings(database: Database) -> Sequence[Reading]:
    """How much is left to send and how old the oldest of it is: a backlog that only a count shows, hides."""
    with database.reading() as db:
        count, oldest = db.execute(
            sa.select(sa.func.count(), sa.func.min(outbox.c.created_at)).join_from(
                unsent, outbox, outbox.c.seq == unsent.c.seq
            )
        ).one()
    age = (database.clock() - oldest).total_seconds() if oldest else 0.0
    return [Reading(metrics.OUTBOX_ROWS, count), Reading(metrics.OUTBOX_OLDEST_SECONDS, max(0.0, age))]


def parking_readings(database: Database, consumer: str) -> Sequence[Reading]:
    """How many records wait, how many were given up, and whether the consumer stands still."""
    with database.reading() as db:
        states = parked_by_state(db, consumer)
        stopped = bool(stops.open_stops(db, consumer))
    return [
        Reading(metrics.PARKED, states.get("parked", 0)),
        Reading(metrics.DEAD_LETTERS, states.get("dead", 0)),
        Reading(metrics.CONSUMER_STOPPED, float(stopped)),
    ]


def parked_by_state(db: Session, consumer: str) -> dict[str, int]:
    """How many rows of the parking table are in each state."""
    rows = db.execute(
        sa.select(parked.c.state, sa.func.count())
        .where(parked.c.consumer == consumer)
        .group_by(parked.c.state)
    )
    return {state: count for state, count in rows}  # noqa: C416  a Row is no pair to mypy


def lag_by_topic(database: Database, broker: Broker, consumer: str, topics: Sequence[str]) -> dict[str, int]:
    """How many records of each topic lie before this consumer's own positions. Raises BrokerUnavailable."""
    found = broker.describe(topics)
    with database.reading() as db:
        rows = db.execute(
            sa.select(
                positions.c.topic, positions.c.partition, positions.c.identity, positions.c.next_offset
            ).where(positions.c.consumer == consumer)
        ).all()
    held = {(topic, partition): (identity, offset) for topic, partition, identity, offset in rows}
    lag: dict[str, int] = {}
    for topic in found.values():
        for partition, span in topic.spans.items():
            identity, offset = held.get((topic.name, partition), (None, 0))
            read_to = (
                max(offset, span.start) if identity == topic.identity and offset <= span.end else span.start
            )
            lag[topic.name] = lag.get(topic.name, 0) + span.end - read_to
    return lag


def lag_readings(
    database: Database, broker: Broker, consumer: str, topics: Sequence[str]
) -> Sequence[Reading]:
    """The lag of each topic that the consumer reads."""
    lag = lag_by_topic(database, broker, consumer, topics)
    return [Reading(metrics.CONSUMER_LAG, records, (topic,)) for topic, records in sorted(lag.items())]
