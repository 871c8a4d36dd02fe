"""The toy services of the machine: databases that can be put back, processes that can die."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

from shared.clock import Clock
from shared.db import Database
from shared.db.migrations import migrate
from shared.db.transaction import Emitter
from shared.events.broker import Broker
from shared.events.consumer import Consumer, Limits
from shared.events.contract import Topic
from shared.events.embedded import EmbeddedBroker, groups
from shared.events.handling import Handling
from shared.events.parking import Backoff
from shared.events.relay import Relay
from shared.events.restore import Restore
from tests.proof.machine.faults import Crash, FaultyBroker, FaultyMember

#: Short, so that a dead letter is a few steps away; the limit that stops a consumer has tests of its own.
BACKOFF = Backoff(tries=3, first=timedelta(seconds=1), longest=timedelta(seconds=4))
LIMITS = Limits(batch=4, failing_keys=1_000)

Reached = Callable[[str], None]


@dataclass
class Keeper:
    """The database of one service, in a file that can be copied and put back."""

    path: Path
    emitter: Emitter
    clock: Clock
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.database = Database(
            f"sqlite:///{self.path}", emitter=self.emitter, clock=self.clock, sleep=lambda _seconds: None
        )

    def copy(self) -> bytes:
        """The database as it is now."""
        with _closing(self.path) as here, _closing(Path(":memory:")) as there:
            here.backup(there)
            return there.serialize()

    def put_back(self, copy: bytes) -> None:
        """Make the database what it was."""
        self.database.close()
        for file in self.path.parent.glob(f"{self.path.name}*"):
            file.unlink()
        self.path.write_bytes(copy)
        self.open()


@dataclass
class RelayProcess:
    """A process with a relay: it starts when first stepped, and again after a crash."""

    name: str
    keeper: Keeper
    broker: FaultyBroker
    topics: dict[str, Topic]
    restore: Restore
    reached: Callable[[str, str], None]
    starts: int = 0
    relay: Relay | None = None

    def step(self) -> bool:
        """One step; a crash ends the process and leaves its leases as they are."""
        if self.relay is None:
            self.starts += 1
            self.relay = Relay(
                service=self.name.partition(" ")[0],
                database=self.keeper.database,
                broker=cast("Broker", self.broker),
                topics=self.topics,
                restore=self.restore,
                owner=f"{self.name}, start {self.starts}",
                backoff=BACKOFF,
                reached=lambda point: self.reached(self.name, point),
            )
        try:
            return self.relay.step()
        except Crash:
            self.kill()
            return True

    def kill(self) -> None:
        """No goodbye: the leases run out by themselves."""
        self.relay = None


@dataclass
class ConsumerProcess:
    """A process with a consumer: it joins when first stepped, and again after a crash."""

    name: str
    keeper: Keeper
    broker: FaultyBroker
    handling: Handling
    reached: Callable[[str, str], None]
    embedded: EmbeddedBroker
    consumer: Consumer | None = None

    def step(self) -> bool:
        """One step; a crash ends the process, and the group notices."""
        if self.consumer is None:
            self.consumer = Consumer(
                database=self.keeper.database,
                broker=cast("Broker", self.broker),
                handling=self.handling,
                backoff=BACKOFF,
                limits=LIMITS,
                reached=lambda point: self.reached(self.name, point),
            )
        try:
            return self.consumer.step(timeout=0)
        except Crash:
            self.kill()
            return True

    def lose_partitions(self) -> None:
        """The group takes this member for dead (it slept past its lease); the member does not know."""
        member = self.consumer and self.consumer._membership._member
        if isinstance(member, FaultyMember):
            with self.embedded._session.writing() as db:
                groups.leave(db, group=self.handling.consumer, member=member.inner._id)  # type: ignore[attr-defined]

    def kill(self) -> None:
        """No goodbye; the lease has run out by the time of the next step."""
        self.lose_partitions()
        self.consumer = None


def empty_database(path: Path) -> bytes:
    """A migrated, empty database of a toy service."""
    keeper = Keeper(path, cast("Emitter", None), lambda: NotImplemented)
    migrate(keeper.database.engine, "tests.proof.toys")
    copy = keeper.copy()
    keeper.database.close()
    return copy


@contextmanager
def _closing(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    try:
        yield connection
    finally:
        connection.close()
