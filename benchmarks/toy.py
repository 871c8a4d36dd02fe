"""A service as small as they come, for benchmarks: sessions are released, and every invited school gets an entry.

Its event has about 450 bytes of data and 700 with its headers; its reaction is an ordinary one: an aggregate
that is loaded, changed and counted on, and a row for each of eight schools.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

from kafka import TopicPartition as KafkaPartition
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import TYPES, Aggregate, Transaction, new_metadata
from shared.db.transaction import Emitter
from shared.events.contract import Event, Registry, Topic, published
from shared.events.envelope import pack_headers, seal
from shared.events.handling import Handling
from shared.events.outbox import shard_of
from shared.events.record import Record
from shared.ids import uuid7
from shared.service import Reaction

REGISTRY = Registry()
SESSIONS = Topic("benchmarks.sessions", partitions=6)
#: For the peers, so that nothing of theirs is read by the subject.
BARE = Topic("benchmarks.bare", partitions=6)
#: What a second service publishes, so that its relay has something to look for.
ANSWERS = Topic("reactors.answers", partitions=6)
TOPICS = [SESSIONS, BARE, ANSWERS]
SCHOOLS = 8

#: Sent at this moment, or read back into this: a row of the outbox, as its columns are named.
Row = dict[str, object]


class Base(DeclarativeBase):
    """The toy's own tables."""

    metadata = new_metadata()
    type_annotation_map = TYPES


@published("benchmarks.session.released.v1", on=SESSIONS, key="session_id", registry=REGISTRY)
class Released(Event, frozen=True, kw_only=True):
    """A session was released to these schools."""

    session_id: UUID
    title: str
    schools: tuple[UUID, ...]


@published("reactors.session.answered.v1", on=ANSWERS, key="session_id", registry=REGISTRY)
class Answered(Event, frozen=True, kw_only=True):
    """A session was heard of."""

    session_id: UUID


class Session(Aggregate, Base):
    """What the reaction changes."""

    __tablename__ = "sessions"

    title: Mapped[str]


class Entry(Base):
    """What a school finds in its inbox."""

    __tablename__ = "entries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column(index=True)
    session_id: Mapped[UUID]
    title: Mapped[str]
    at: Mapped[datetime]


def notify(tx: Transaction, event: Released) -> None:
    """The ordinary reaction: an aggregate changed, an entry for each school."""
    session = tx.load(Session, event.session_id)
    session.title = event.title
    session.advance()
    for school in event.schools:
        tx.db.add(entry(event, school, tx))


def entry(event: Released, school: UUID, tx: Transaction) -> Entry:
    """What one school finds."""
    return Entry(id=uuid7(), school_id=school, session_id=event.session_id, title=event.title, at=tx.now)


def handling(emitter: Emitter, *, consumer: str, reaction: Reaction = notify) -> Handling:
    """How the toy's consumer reads and applies."""
    return Handling(
        consumer=consumer,
        reactions={Released: reaction},
        registry=REGISTRY,
        emitter=emitter,
    )


def releases(count: int, *, keys: list[UUID], start: int = 1) -> Iterator[Released]:
    """Events over all `keys` in turn, each key's versions counting up from `start`."""
    schools = tuple(uuid4() for _ in range(SCHOOLS))
    for n in range(count):
        yield Released(
            version=start + n // len(keys),
            session_id=keys[n % len(keys)],
            title="第三教研片区联合教研活动：小学数学单元整体教学的设计与实施",
            schools=schools,
        )


def rows(events: Iterator[Released]) -> Iterator[Row]:
    """Rows of the outbox, as `emit` would write them."""
    contract, now = REGISTRY.of(Released), datetime.now(UTC)
    for event in events:
        id_, key = uuid7(), contract.key_of(event)
        message = seal(event, contract, id_=str(id_), time=now, actor=f"account:{key}", traceparent=_TRACE)
        yield {
            "id": id_,
            "shard": shard_of(key),
            "topic": SESSIONS.name,
            "key": key,
            "version": event.version,
            "type": contract.type,
            "value": message.value,
            "headers": pack_headers(message.headers.items()),
            "created_at": now,
        }


def records(events: Iterator[Released]) -> Iterator[Record]:
    """The same as records for the broker."""
    contract, now = REGISTRY.of(Released), datetime.now(UTC)
    for event in events:
        key = contract.key_of(event)
        message = seal(
            event, contract, id_=str(uuid7()), time=now, actor=f"account:{key}", traceparent=_TRACE
        )
        yield Record(
            topic=SESSIONS.name,
            key=key.encode(),
            value=bytes(message.value),
            headers=tuple((name, bytes(value)) for name, value in message.headers.items()),
        )


def partitions(topic: Topic) -> list[KafkaPartition]:
    """All partitions of a topic, as kafka-python names them."""
    return [KafkaPartition(topic.name, n) for n in range(topic.partitions)]


_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
