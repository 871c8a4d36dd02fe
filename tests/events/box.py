"""A toy service in one database with an embedded broker, both under the test's hands."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from unittest import mock

import sqlalchemy as sa

from shared.db import Database
from shared.events.broker import Broker
from shared.events.consumer import Consumer, Limits
from shared.events.contract import Event, Topic
from shared.events.embedded import EmbeddedBroker
from shared.events.handling import Handling
from shared.events.outbox import Outbox, unsent
from shared.events.parking import Backoff, parked
from shared.events.record import Record, StoredRecord
from shared.events.relay import Pace, Relay
from shared.events.restore import Restore
from shared.service import Reaction
from tests.databases import migrated
from tests.proof.machine.faults import FaultyBroker
from tests.proof.machine.things import ball_id, owner_id
from tests.proof.toys import model
from tests.proof.toys.contracts import BALLS, NEW, OWNERS, SHELVES, Renamed, Rolled

TOPICS = (BALLS, OWNERS, SHELVES)
BACKOFF = Backoff(tries=2, first=timedelta(seconds=1), longest=timedelta(seconds=4))


class Broken(Exception):
    """What a failing reaction raises."""


@dataclass
class Box:
    """One service that publishes and reads, step by step. fails: whether the reaction to an event shall fail."""

    file: Path
    url: str
    now: datetime = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
    away: bool = False
    fails: Callable[[Rolled], bool] = lambda _event: False
    rings: int = 0
    relays: int = 0
    embedded: EmbeddedBroker = field(init=False)
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.emitter = Outbox(registry=NEW, wake=self._ring)
        self.embedded = EmbeddedBroker(self.file, lease=1_000_000)
        self.broker = FaultyBroker(self.embedded, lambda: self.away)
        self.embedded.apply(TOPICS)
        migrated(self.url, "tests.proof.toys")
        self.database = Database(
            self.url, emitter=self.emitter, clock=lambda: self.now, sleep=lambda _seconds: None
        )

    def close(self) -> None:
        self.embedded.close()
        self.database.close()

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def roll(self, number: int, steps: int = 1) -> None:
        self.database.run(
            lambda tx: model.roll(tx, ball_id=ball_id(number), steps=steps, note="x"), actor="account:1"
        )

    def rename(self, number: int, name: str) -> None:
        self.database.run(
            lambda tx: model.rename(tx, owner_id=owner_id(number), name=name), actor="account:1"
        )

    def relay(
        self,
        *,
        adopt: dict[type[Event], Reaction] | None = None,
        pace: Pace = Pace(),  # noqa: B008  frozen
        topics: Iterable[Topic] = TOPICS,
    ) -> Relay:
        self.relays += 1
        return Relay(
            service="toys",
            database=self.database,
            broker=cast("Broker", self.broker),
            topics={topic.name: topic for topic in topics},
            restore=Restore({Renamed: model.adopt_owner} if adopt is None else adopt, NEW, self.emitter),
            owner=f"relay {self.relays}",
            backoff=BACKOFF,
            pace=pace,
        )

    def handling(self) -> Handling:
        def before(event: Event) -> None:
            assert isinstance(event, Rolled)
            if self.fails(event):
                raise Broken(f"no {event.note}")

        return Handling("shelf", model.reactions(before), NEW, self.emitter)

    def consumer(
        self, *, limits: Limits | None = None, reached: Callable[[str], None] = lambda _point: None
    ) -> Consumer:
        consumer = Consumer(
            database=self.database,
            broker=cast("Broker", self.broker),
            handling=self.handling(),
            backoff=BACKOFF,
            limits=limits or Limits(),
            reached=reached,
        )
        consumer.step(timeout=0)  # joins and is placed
        return consumer

    def write(self, key: bytes, value: bytes, headers: dict[str, bytes]) -> None:
        """A stranger writes into the topic of balls."""
        self.embedded.publish(
            [Record(topic=BALLS.name, key=key, value=value, headers=tuple(headers.items()))]
        )

    def unsent(self) -> int:
        with self.database.reading() as db:
            return db.scalar(sa.select(sa.func.count()).select_from(unsent)) or 0

    def log(self, topic: str) -> list[StoredRecord]:
        """Everything in a topic, partition by partition."""
        spans = self.embedded.describe([topic])[topic].spans
        stretches = [self.embedded.read(topic, n, start=0, limit=10_000) for n in sorted(spans)]
        return [record for stretch in stretches for record in stretch.records]

    def effects(self, number: int) -> list[int]:
        """The versions of a ball whose effects were done, in order."""
        with self.database.reading() as db:
            return [version for key, version, _ in model.effects(db) if key == str(ball_id(number))]

    def letters(self) -> list[sa.Row[tuple[object, ...]]]:
        """The rows of the parking table."""
        with self.database.reading() as db:
            return list(db.execute(sa.select(parked).order_by(parked.c.id)))

    def states(self) -> list[str]:
        return [row.state for row in self.letters()]

    def _ring(self) -> None:
        self.rings += 1


def step(worker: Relay | Consumer, times: int = 4) -> None:
    """Let it do what there is to do."""
    for _ in range(times):
        worker.step(timeout=0) if isinstance(worker, Consumer) else worker.step()


@contextmanager
def opened(directory: Path, url: str | None = None) -> Iterator[Box]:
    """A box with empty tables and topics."""
    box = Box(directory / "broker.db", url or f"sqlite:///{directory / 'toys.db'}")
    yield box
    box.close()


@contextmanager
def locked(box: Box) -> Iterator[None]:
    """Another process holds SQLite's write lock, and nobody has the patience to wait for it."""
    box.database.engine.dispose()
    with (
        mock.patch("shared.db.engine.BUSY_TIMEOUT_MS", 1),
        sqlite3.connect(box.url.removeprefix("sqlite:///")) as other,
    ):
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    other.close()
    box.database.engine.dispose()


def envelope(**changes: str | None) -> dict[str, bytes]:
    """The headers of a good event of a ball, with changes; None takes a header out."""
    headers: dict[str, str | None] = {
        "ce_specversion": "1.0",
        "ce_id": "0199c0de-0000-7000-8000-000000000001",
        "ce_source": "/toys",
        "ce_type": "toys.ball.rolled.v1",
        "ce_subject": str(ball_id(9)),
        "ce_time": "2026-09-01T08:00:00Z",
        "ce_sequence": "1",
        "ce_actor": "account:1",
        "content-type": "application/json",
    }
    headers.update((f"ce_{name}", value) for name, value in changes.items())
    return {name: value.encode() for name, value in headers.items() if value is not None}
