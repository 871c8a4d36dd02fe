"""The toy services wired over real addresses, as a worker process wires a service."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from shared.db import Database, Transaction
from shared.events.broker import Broker
from shared.events.consumer import Consumer, Limits
from shared.events.embedded import EmbeddedBroker
from shared.events.handling import Handling
from shared.events.opening import open_broker
from shared.events.operations.lag import behind
from shared.events.outbox import Outbox
from shared.events.outbox import unsent as left
from shared.events.parking import parked
from shared.events.relay import Pace, Relay
from shared.events.restore import Restore
from shared.ids import uuid7
from tests.proof.toys import model
from tests.proof.toys.contracts import BALLS, NEW, OWNERS, SHELVES, Renamed

TOPICS = (BALLS, OWNERS, SHELVES)

#: Kafka's shortest time after which a member that is silent loses its partitions, and little patience.
KAFKA = {"session_timeout_ms": "6000", "heartbeat_interval_ms": "500", "publish_timeout": "10"}

Reached = Callable[[str], None]


def nothing(_point: str) -> None:
    """Live on."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the databases and the broker of one story are; `reader` names the consumer and its group."""

    toys: str
    shelf: str
    broker: str
    reader: str


def connect(address: str) -> Broker:
    """The broker, with leases as short as they may be: the dead are to be missed soon."""
    if address.startswith("embedded:"):
        return EmbeddedBroker(Path(address.removeprefix("embedded:")), lease=1.5)
    return open_broker(address, options=KAFKA, client_id="proof")


@dataclass
class Wiring:
    """Both toys in one process. reached: called at each kill point."""

    at: Addresses
    reached: Reached = nothing
    around: Callable[[Broker], Broker] = lambda broker: broker
    batch: int = 10
    _emitter: Outbox = field(default_factory=lambda: Outbox(registry=NEW))

    @cached_property
    def broker(self) -> Broker:
        return self.around(connect(self.at.broker))

    @cached_property
    def toys(self) -> Database:
        return Database(self.at.toys, emitter=self._emitter)

    @cached_property
    def shelf(self) -> Database:
        return Database(self.at.shelf, emitter=self._emitter)

    @cached_property
    def toys_relay(self) -> Relay:
        return self._relay("toys", self.toys)

    @cached_property
    def shelf_relay(self) -> Relay:
        return self._relay("shelf", self.shelf)

    @cached_property
    def reader(self) -> Consumer:
        return Consumer(
            database=self.shelf,
            broker=self.broker,
            handling=Handling(self.at.reader, model.reactions(), NEW, self._emitter),
            limits=Limits(batch=self.batch),
            reached=self.reached,
        )

    def command(self, number: int) -> None:
        """The `number`-th command of a story: see `expected`."""

        def work(tx: Transaction) -> None:
            model.roll(tx, ball_id=ball(number), steps=number, note=f"roll {number}")
            model.rename(tx, owner_id=owner(number), name=f"name {number}")
            self.reached("before commit")

        self.toys.run(work, actor="account:proof")
        self.reached("after commit")

    def send(self) -> None:
        """Step the publisher's relay until nothing is left to send."""
        until(lambda: not self.toys_relay.step() and not unsent(self.toys), what="all is sent")

    def drain(self) -> None:
        """Step everything until nothing is under way."""
        until(self._rests, what="all comes to rest", why=self.troubles)

    def read(self) -> None:
        """Step the reader until it has read everything."""
        until(
            lambda: not self.reader.step(timeout=0.1) and not self.lag(),
            what="all is read",
            why=self.troubles,
        )

    def lag(self) -> int:
        """How many records the reader has yet to read."""
        lines = behind(self.shelf, self.broker, self.at.reader, self.reader.topics)
        return sum(line.behind for line in lines)

    def troubles(self) -> list[str]:
        """What keeps them from working."""
        return [str(one.trouble) for one in (self.toys_relay, self.shelf_relay, self.reader) if one.trouble]

    def close(self) -> None:
        """Leave groups and give connections back."""
        for name in ("reader", "toys_relay", "shelf_relay", "broker", "toys", "shelf"):
            if name in self.__dict__:
                self.__dict__[name].close()

    def _rests(self) -> bool:
        worked = [self.toys_relay.step(), self.reader.step(timeout=0.1), self.shelf_relay.step()]
        return (
            not any(worked)
            and not unsent(self.toys)
            and not unsent(self.shelf)
            and not self.lag()
            and not self._due()
        )

    def _due(self) -> int:
        with self.shelf.reading() as db:
            return db.scalar(sa.select(sa.func.count()).where(parked.c.state == "parked")) or 0

    def _relay(self, service: str, database: Database) -> Relay:
        return Relay(
            service=service,
            database=database,
            broker=self.broker,
            topics={topic.name: topic for topic in TOPICS if topic.publisher == service},
            restore=Restore({Renamed: model.adopt_owner} if service == "toys" else {}, NEW, self._emitter),
            owner=str(uuid7()),
            pace=Pace(batch=10, lease=timedelta(seconds=2)),
            reached=self.reached,
        )


def unsent(database: Database) -> int:
    """How many outbox rows wait."""
    with database.reading() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(left)) or 0


def ball(number: int) -> UUID:
    """The ball of the `number`-th command: five of them, over two partitions."""
    return UUID(int=0xBA11 << 64 | number % 5)


def owner(number: int) -> UUID:
    """The owner of the `number`-th command."""
    return UUID(int=0x0E << 64 | number % 2)


def until(
    condition: Callable[[], bool], *, what: str, why: Callable[[], object] = lambda: "", seconds: float = 120
) -> None:
    """Wait for the condition; fail, saying `what`, when it never comes about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"It never came about that {what}. {why()}"
        time.sleep(0.01)
