"""Saying events again: a broker was lost, records were deleted unread, a service starts anew.

On an ordinary topic the retained outbox rows are marked as unsent and the relay sends them in their old
order; the consumers' inboxes know what they had. On a compacted topic the current state of every key is said,
from the service's own tables: its older events are of no use to anybody.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db import Database, Transaction
from shared.errors import Invalid
from shared.events.contract import Contract, Event, Registry, Topic
from shared.events.envelope import pack_headers, seal
from shared.events.ledger import published
from shared.events.operations import decisions
from shared.events.outbox import SHARDS, outbox, shard_of
from shared.events.unsent import WAITS, send_again
from shared.ids import derived
from shared.text import Sentence

#: Says the current state of all keys of a compacted topic; see `Service.states`.
States = Callable[[Session], Iterator[Event]]

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Which events to say again. since: of that moment or later; on compacted topics it means nothing."""

    topic: str | None = None
    key: str | None = None
    type: str | None = None
    since: datetime | None = None
    everything: bool = False

    def insist(self) -> None:
        """Raise Invalid where nothing was said of which events are meant."""
        if not self.everything and not any((self.topic, self.key, self.type, self.since)):
            raise Invalid(
                Sentence(
                    zh="请指明筛选条件（--topic、--key、--type、--since），或用 --all 表示全部。",
                    en="Say which: a filter (--topic, --key, --type, --since), or --all.",
                )
            )

    def wants(self, contract: Contract, key: str) -> bool:
        """Whether a state of this kind and key is meant."""
        return self.type in {None, contract.type} and self.key in {None, key}


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who says them: one service with its own topics. states: for its compacted topics."""

    service: str
    topics: Mapping[str, Topic]
    states: Mapping[Topic, States]
    registry: Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Republished:
    """How many events of a topic are said again. `states`: whether it is current states."""

    topic: str
    events: int
    states: bool


def plan(db: Session, publisher: Publisher, again: Again) -> list[Republished]:
    """What `republish` would say, topic by topic. Raises Invalid for no choice or another's topic."""
    again.insist()
    answer = []
    for topic in _chosen(publisher, again):
        if topic.compacted:
            events = sum(1 for _ in _states(db, publisher, topic, again))
        else:
            events = db.scalar(sa.select(sa.func.count()).where(*_sent(topic, again))) or 0
        answer.append(Republished(topic=topic.name, events=events, states=topic.compacted))
    return answer


def republish(
    database: Database, publisher: Publisher, again: Again, *, actor: str, reason: str | None = None
) -> list[Republished]:
    """Leave the events for the relay to send again; answers how many. Interrupted, it can be done again.

    Raises Invalid as `plan` does, and Unavailable.
    """
    again.insist()
    answer = []
    for topic in _chosen(publisher, again):
        if topic.compacted:
            events = _say_states(database, publisher, topic, again, actor=actor)
        else:
            events = _mark_unsent(database, topic, again, actor=actor)
        answer.append(Republished(topic=topic.name, events=events, states=topic.compacted))
    about = [{"topic": said.topic, "key": again.key} for said in answer if said.events]
    database.run(
        lambda tx: decisions.keep(tx, publisher.service, "republished", about, reason=reason), actor=actor
    )
    return answer


def say_first(database: Database, publisher: Publisher, *, actor: str) -> list[Republished]:
    """Say the states behind the compacted topics on which nothing was ever said; answers how many.

    Such a topic is new to this release while the database is not: what waits in it would stay unknown until it changes.
    """
    topics = {topic.name: topic for topic in publisher.states}
    with database.reading() as db:
        known = {
            *db.scalars(sa.select(outbox.c.topic).where(outbox.c.topic.in_(topics)).distinct()),
            *db.scalars(
                sa.select(published.c.topic).where(published.c.topic.in_(topics), published.c.end > 0)
            ),
        }
    everything = Again(everything=True)
    return [
        Republished(
            topic=name,
            events=_say_states(database, publisher, topic, everything, actor=actor),
            states=True,
        )
        for name, topic in sorted(topics.items())
        if name not in known
    ]


def _chosen(publisher: Publisher, again: Again) -> list[Topic]:
    if again.topic is not None and again.topic not in publisher.topics:
        own = ", ".join(sorted(publisher.topics)) or "none"
        raise Invalid(
            Sentence(
                zh=f"{publisher.service} 不发布 {again.topic}。它发布的主题：{own}。",
                en=f"{publisher.service} does not publish {again.topic}. Its topics: {own}.",
            ),
            field="topic",
        )
    return [topic for name, topic in sorted(publisher.topics.items()) if again.topic in {None, name}]


def _sent(topic: Topic, again: Again) -> list[sa.ColumnElement[bool]]:
    conditions = [outbox.c.topic == topic.name, ~WAITS]
    if again.key is not None:
        conditions.append(outbox.c.key == again.key)
    if again.type is not None:
        conditions.append(outbox.c.type == again.type)
    if again.since is not None:
        conditions.append(outbox.c.created_at >= again.since)
    return conditions


def _mark_unsent(database: Database, topic: Topic, again: Again, *, actor: str) -> int:
    """Mark shard by shard: all rows of a key in one transaction, so that its order holds throughout."""

    def some(tx: Transaction, shard: int) -> int:
        return send_again(tx.db, outbox.c.shard == shard, *_sent(topic, again))

    shards = range(SHARDS) if again.key is None else [shard_of(again.key)]
    return sum(
        database.run(lambda tx, shard=shard: some(tx, shard), actor=actor)  # type: ignore[misc]  # bound early
        for shard in shards
    )


def _states(db: Session, publisher: Publisher, topic: Topic, again: Again) -> Iterator[Event]:
    say = publisher.states.get(topic)
    if say is None:
        raise Invalid(
            Sentence(
                zh=f"{publisher.service} 无法给出 {topic.name} 的当前状态（Service.states 中没有它）。",
                en=f"{publisher.service} cannot say the current states of {topic.name}: they are missing in Service.states.",
            )
        )
    for event in say(db):
        contract = publisher.registry.of(type(event))
        if again.wants(contract, contract.key_of(event)):
            yield event


def _say_states(database: Database, publisher: Publisher, topic: Topic, again: Again, *, actor: str) -> int:
    said = 0
    with database.reading(in_parts=True) as db:
        states = _states(db, publisher, topic, again)
        while some := list(islice(states, _AT_ONCE)):
            database.run(lambda tx, some=some: _leave(tx, publisher, topic, some), actor=actor)  # type: ignore[misc]  # bound early
            said += len(some)
    return said


def _leave(tx: Transaction, publisher: Publisher, topic: Topic, states: Sequence[Event]) -> None:
    """Put these states into the outbox, each unless a newer one of its key was published since it was read.

    The relay sends by `seq`. A newer state that came in between, and was sent, must be the last one in the
    log: compaction keeps what came last. So nobody else adds events while we look and write.
    """
    if tx.db.get_bind().dialect.name == "postgresql":  # on SQLite a writer is alone anyway
        tx.db.execute(sa.text("LOCK TABLE outbox IN SHARE ROW EXCLUSIVE MODE"))
    keyed = [
        (event, contract := publisher.registry.of(type(event)), contract.key_of(event)) for event in states
    ]
    known = tx.db.execute(
        sa.select(
            outbox.c.seq, outbox.c.id, outbox.c.key, outbox.c.version, outbox.c.type, outbox.c.created_at
        )
        .where(outbox.c.topic == topic.name, outbox.c.key.in_({key for _, _, key in keyed}))
        .order_by(outbox.c.version, outbox.c.seq)
    ).all()
    newest = {row.key: row for row in known}
    same = {(row.key, row.version, row.type): row for row in known}
    for event, contract, key in keyed:
        if key in newest and newest[key].version > event.version:
            send_again(tx.db, outbox.c.seq == newest[key].seq)
            continue
        before = same.get((key, event.version, contract.type))
        _upsert(
            tx,
            contract,
            event,
            key=key,
            id_=before.id if before else _id_of(publisher.service, contract, event, key),
            time=before.created_at if before else tx.now,
        )


def _id_of(service: str, contract: Contract, event: Event, key: str) -> UUID:
    """The id of a state whose own row was purged: the same each time it is said."""
    return derived(cause=f"{contract.type}/{key}/{event.version}", consumer=f"{service}.republish", ordinal=0)


def _upsert(
    tx: Transaction, contract: Contract, event: Event, *, key: str, id_: UUID, time: datetime
) -> None:
    message = seal(event, contract, id_=str(id_), time=time, actor=tx.actor, traceparent=None)
    values: dict[str, Any] = {
        "id": id_,
        "shard": shard_of(key),
        "topic": contract.topic.name,
        "key": key,
        "version": event.version,
        "type": contract.type,
        "value": message.value,
        "headers": pack_headers(message.headers.items()),
        "created_at": time,
    }
    insert = postgresql.insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    tx.db.execute(
        insert(outbox)
        .values(values)
        .on_conflict_do_update(
            index_elements=["topic", "key", "version", "type"],
            set_={"value": values["value"], "headers": values["headers"]},
        )
    )
    send_again(
        tx.db,
        outbox.c.topic == contract.topic.name,
        outbox.c.key == key,
        outbox.c.version == event.version,
        outbox.c.type == contract.type,
    )
