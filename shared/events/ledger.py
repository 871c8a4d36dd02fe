"""What the broker is known to hold of this service's own topics, and what follows where it differs.

For each partition the database notes the topic's identity and the offset up to which the relay has seen its
own records acknowledged. Before a service publishes (and before it opens for changes) it compares:

- another identity, or an end before the noted one: the broker was made anew, or put back. Every retained row is sent again, before anything new is, so
  that no consumer sees a key's third event before its second.
- records beyond the noted end: a relay died between an acknowledgement and its note (the row is in the
  outbox: note it now), or this database was restored to an earlier copy (it is not): architecture §4,
  "Restore of a publisher".
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache, partial

import sqlalchemy as sa
import structlog
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db import Database
from shared.db.base import SPINE
from shared.db.sets import among, dialect_of, rows_as
from shared.events.broker import Broker, Span, TopicInBroker
from shared.events.contract import Topic
from shared.events.outbox import outbox
from shared.events.record import Stretch, TopicPartition
from shared.events.restore import Restore
from shared.events.unsent import send_again

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

_MOVE_END = (
    sa.update(published)
    .where(
        published.c.topic == sa.bindparam("at_topic"), published.c.partition == sa.bindparam("at_partition")
    )
    .values(end=sa.bindparam("to"))
)

_READ_AT_ONCE = 1_000

#: By partition: the topic's identity and the noted end.
_Noted = dict[int, tuple[str, int]]


def settle(
    database: Database, broker: Broker, topics: Mapping[str, Topic], restore: Restore
) -> dict[str, str]:
    """Compare with the broker and do what follows; answers the identity of each topic that is there.

    Topics that the broker lacks are left out: their rows wait. Raises BrokerUnavailable and Unavailable.
    """
    identities: dict[str, str] = {}
    for name in sorted(topics):
        topic = _compared(database, broker, name)
        if topic is not None:
            identities[name] = topic.identity
            for partition, span in topic.spans.items():
                _catch_up(database, broker, topic, TopicPartition(name, partition), span, restore)
    return identities


def ends(database: Database, topics: Iterable[str]) -> dict[TopicPartition, int]:
    """Up to where each log holds what was acknowledged; no later record of ours lies before. Raises Unavailable."""
    with database.reading() as db:
        rows = db.execute(sa.select(published).where(published.c.topic.in_(set(topics))))
        return {TopicPartition(row.topic, row.partition): row.end for row in rows}


def note(db: Session, ends: Mapping[TopicPartition, int], identities: Mapping[str, str]) -> set[str]:
    """Note acknowledged ends; answers the topics that were made anew since `identities` were read.

    What was acknowledged by a broker that is gone is not noted as sent: the caller leaves those rows unsent.
    """
    if not ends:
        return set()
    # Two statements for all places: a relay that sends a few events at a time waits for nothing else so long.
    dialect = dialect_of(db)
    found = db.execute(_locked(dialect), rows_as(dialect, "places", ends))
    held = {TopicPartition(row.topic, row.partition): row for row in found}
    same = {place for place, row in held.items() if row.identity == identities[place.topic]}
    later = [
        {"at_topic": place.topic, "at_partition": place.partition, "to": ends[place]}
        for place in sorted(same)
        if held[place].end < ends[place]
    ]
    if later:
        db.execute(_MOVE_END, later)
    return {place.topic for place in ends.keys() - same}


@cache
def _locked(dialect: str) -> sa.Select[str, int, str, int]:
    return (
        sa.select(published.c.topic, published.c.partition, published.c.identity, published.c.end)
        .where(among(dialect, (published.c.topic, published.c.partition), "places"))
        .order_by(published.c.topic, published.c.partition)
        .with_for_update()
    )


def _compared(database: Database, broker: Broker, name: str) -> TopicInBroker | None:
    """The topic as it is in the broker, after its log was compared with what is noted; None if it is missing."""
    while True:
        with database.reading() as db:
            before = _noted(db, name)
        topic = broker.describe([name]).get(name)
        if topic is None or database.within(partial(_take_over, topic=topic, before=before)):
            return topic


def _take_over(db: Session, *, topic: TopicInBroker, before: _Noted) -> bool:
    """Note the topic's log as the one that is there; answers False where somebody else did so since `before`.

    The broker was asked after `before` was read. A log that ends earlier than that therefore lost records (it
    was put back from a copy), and what another relay noted meanwhile proves nothing.
    """
    noted = _noted(db, topic.name, lock=True)
    if _identities(noted) != _identities(before):
        return False
    anew = _identities(noted) - {topic.identity}
    if anew or any(end > topic.spans[partition].end for partition, (_, end) in before.items()):
        again = _send_all_again(db, topic.name)
        log.warning("broker made anew", topic=topic.name, sent_again=again)
        noted = {}
    ends = {n: noted.get(n, (topic.identity, span.start))[1] for n, span in topic.spans.items()}
    _note_all(db, topic, ends)
    return True


def _noted(db: Session, topic: str, *, lock: bool = False) -> _Noted:
    chosen = sa.select(published).where(published.c.topic == topic).order_by(published.c.partition)
    rows = db.execute(chosen.with_for_update() if lock else chosen)
    return {row.partition: (row.identity, row.end) for row in rows}


def _identities(noted: _Noted) -> set[str]:
    return {identity for identity, _ in noted.values()}


def _send_all_again(db: Session, topic: str) -> int:
    return send_again(db, outbox.c.topic == topic)


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
        database.within(
            partial(_take_in, topic=topic, stretch=stretch, restore=restore, now=database.clock())
        )
        start = stretch.end


def _take_in(db: Session, *, topic: TopicInBroker, stretch: Stretch, restore: Restore, now: datetime) -> None:
    restore.take(db, stretch.records, now=now)
    note(db, {stretch.place: stretch.end}, {topic.name: topic.identity})


def _end(db: Session, place: TopicPartition) -> int:
    found = db.scalar(
        sa.select(published.c.end).where(
            published.c.topic == place.topic, published.c.partition == place.partition
        )
    )
    return found or 0
