"""What the broker is known to hold of this service's own topics, and what follows where it differs.

For each partition the database notes the topic's identity and the offset up to which the relay has seen its
own records acknowledged. Before a service publishes (and before it opens for changes) it compares:

- another identity: the broker was made anew. Every retained row is sent again, before anything new is, so
  that no consumer sees a key's third event before its second.
- records beyond the noted end: a relay died between an acknowledgement and its note (the row is in the
  outbox: note it now), or this database was restored to an earlier copy (it is not): architecture §4,
  "Restore of a publisher".
"""

from collections.abc import Mapping

import sqlalchemy as sa
import structlog
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db import Database
from shared.db.base import SPINE
from shared.events.broker import Broker, Span, TopicInBroker
from shared.events.contract import Topic
from shared.events.outbox import outbox
from shared.events.record import TopicPartition
from shared.events.restore import Restore

log = structlog.get_logger(__name__)

published = Table(
    "published",
    SPINE,
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("identity", Text, nullable=False),
    Column("end", BigInteger, nullable=False),
    PrimaryKeyConstraint("topic", "partition"),
)

_READ_AT_ONCE = 1_000


def settle(
    database: Database, broker: Broker, topics: Mapping[str, Topic], restore: Restore
) -> dict[str, str]:
    """Compare with the broker and do what follows; answers the identity of each topic that is there.

    Topics that the broker lacks are left out: their rows wait. Raises BrokerUnavailable and Unavailable.
    """
    found = broker.describe(topics)
    for topic in found.values():
        with database.begin() as db:
            noted = _noted(db, topic.name)
            if any(identity != topic.identity for identity, _ in noted.values()):
                again = _send_all_again(db, topic.name)
                log.warning("broker made anew", topic=topic.name, sent_again=again)
                noted = {}
            _note_all(
                db,
                topic,
                {n: noted.get(n, (topic.identity, span.start))[1] for n, span in topic.spans.items()},
            )
        for partition, span in topic.spans.items():
            _catch_up(database, broker, topic, TopicPartition(topic.name, partition), span, restore)
    return {topic.name: topic.identity for topic in found.values()}


def note(db: Session, ends: Mapping[TopicPartition, int], identities: Mapping[str, str]) -> set[str]:
    """Note acknowledged ends; answers the topics that were made anew since `identities` were read.

    What was acknowledged by a broker that is gone is not noted as sent: the caller leaves those rows unsent.
    """
    anew: set[str] = set()
    for place, end in sorted(ends.items()):
        row = db.execute(
            sa.select(published.c.identity, published.c.end)
            .where(published.c.topic == place.topic, published.c.partition == place.partition)
            .with_for_update()
        ).one_or_none()
        if row is None or row.identity != identities[place.topic]:
            anew.add(place.topic)
        elif row.end < end:
            db.execute(
                sa.update(published)
                .where(published.c.topic == place.topic, published.c.partition == place.partition)
                .values(end=end)
            )
    return anew


def _noted(db: Session, topic: str) -> dict[int, tuple[str, int]]:
    rows = db.execute(
        sa.select(published)
        .where(published.c.topic == topic)
        .order_by(published.c.partition)
        .with_for_update()
    )
    return {row.partition: (row.identity, row.end) for row in rows}


def _send_all_again(db: Session, topic: str) -> int:
    sent = outbox.c.topic == topic, outbox.c.sent_at.is_not(None)
    return int(db.execute(sa.update(outbox).where(*sent).values(sent_at=None)).rowcount)  # type: ignore[attr-defined]


def _note_all(db: Session, topic: TopicInBroker, ends: Mapping[int, int]) -> None:
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(published)
    db.execute(
        statement.on_conflict_do_update(
            index_elements=["topic", "partition"],
            set_={"identity": statement.excluded.identity, "end": statement.excluded.end},
        ),
        [
            {"topic": topic.name, "partition": partition, "identity": topic.identity, "end": end}
            for partition, end in sorted(ends.items())
        ],
    )


def _catch_up(
    database: Database,
    broker: Broker,
    topic: TopicInBroker,
    place: TopicPartition,
    span: Span,
    restore: Restore,
) -> None:
    """Read what lies beyond the noted end, and let `restore` say what it means."""
    with database.reading() as db:
        start = max(_end(db, place), span.start)
    while start < span.end:
        stretch = broker.read(place.topic, place.partition, start=start, limit=_READ_AT_ONCE)
        with database.begin() as db:
            restore.take(db, stretch.records, now=database.clock())
            note(db, {place: stretch.end}, {topic.name: topic.identity})
        start = stretch.end


def _end(db: Session, place: TopicPartition) -> int:
    found = db.scalar(
        sa.select(published.c.end).where(
            published.c.topic == place.topic, published.c.partition == place.partition
        )
    )
    return found or 0
