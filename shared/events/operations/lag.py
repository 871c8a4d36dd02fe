"""How far behind: what a consumer has yet to read, and what a publisher has yet to send."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.db import Database
from shared.events import positions
from shared.events.broker import Broker
from shared.events.outbox import outbox
from shared.events.outbox import unsent as table
from shared.events.parking import parked
from shared.events.positions import From, Gone
from shared.events.record import TopicPartition


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One partition as a service's consumer stands to it.

    position: the next offset that it reads, None where it has not begun. start, end: what the broker holds.
    behind: records that it has yet to read. gone: records that were deleted before it had read them. anew:
    whether the broker was made anew since, so that it will read from the start.
    """

    service: str
    topic: str
    partition: int
    position: int | None
    start: int
    end: int
    behind: int
    gone: int
    anew: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """What waits in a service's outbox. held: events of keys whose first one the broker refused."""

    service: str
    rows: int
    oldest: datetime | None
    held: int
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many letters a service has: waiting for another try or behind one, and dead."""

    service: str
    parked: int
    dead: int


def behind(database: Database, broker: Broker, service: str, topics: Iterable[str]) -> list[Behind]:
    """How far the service's consumer is behind on each partition. Raises BrokerUnavailable and Unavailable.

    Topics that the broker lacks are left out: nothing of them waits anywhere.
    """
    found = broker.describe(topics)
    places = [
        TopicPartition(name, number)
        for name, topic in sorted(found.items())
        for number in sorted(topic.spans)
    ]
    with database.reading() as db:
        held = positions.at(db, service, places)
    answer = []
    for place in places:
        topic, position = found[place.topic], held.get(place)
        span = topic.spans[place.partition]
        gone, anew, begins = 0, False, span.start
        match positions.resume_at(position, identity=topic.identity, span=span):
            case Gone(records):
                gone = records
            case From(offset, anew):
                begins = offset
        answer.append(
            Behind(
                service=service,
                topic=place.topic,
                partition=place.partition,
                position=None if position is None else position.offset,
                start=span.start,
                end=span.end,
                behind=span.end - begins,
                gone=gone,
                anew=anew,
            )
        )
    return answer


def unsent(db: Session, service: str) -> Unsent:
    """What waits in the outbox."""
    waiting = sa.join(table, outbox, outbox.c.seq == table.c.seq)
    rows, oldest = db.execute(
        sa.select(sa.func.count(), sa.func.min(outbox.c.created_at)).select_from(waiting)
    ).one()
    refused = db.execute(
        sa.select(outbox.c.topic, outbox.c.key, table.c.last_error)
        .select_from(waiting)
        .where(table.c.retry_at.is_not(None))
        .order_by(table.c.seq)
    ).all()
    keys = {(row.topic, row.key) for row in refused}
    held = (
        db.scalar(
            sa.select(sa.func.count())
            .select_from(waiting)
            .where(sa.tuple_(outbox.c.topic, outbox.c.key).in_(sorted(keys)))
        )
        if keys
        else 0
    )
    return Unsent(
        service=service,
        rows=rows,
        oldest=oldest,
        held=held or 0,
        last_error=refused[-1].last_error if refused else None,
    )


def waiting(db: Session, service: str) -> Waiting:
    """How many letters are parked and dead."""
    counts: dict[str, int] = dict(
        db.execute(
            sa.select(parked.c.state, sa.func.count())
            .where(parked.c.consumer == service)
            .group_by(parked.c.state)
        ).all()
    )
    return Waiting(service=service, parked=counts.get("parked", 0), dead=counts.get("dead", 0))
