"""The toy service on real infrastructure, driven step by step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from shared.clock import utcnow
from shared.db import Transaction
from shared.events.consumer import Consumer
from shared.events.parking import Backoff
from shared.events.relay import Relay
from shared.runtime import Runtime
from shared.settings import Settings
from tests.cli.toys import app as toys
from tests.databases import migrated

R = TypeVar("R")


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return utcnow() + self.ahead


@dataclass
class Standing:
    """The service with a relay and a consumer that only step when told to."""

    runtime: Runtime
    relay: Relay
    consumer: Consumer
    clock: Hands

    def do(self, work: Callable[[Transaction], R]) -> R:
        return self.runtime.database.run(work, actor="account:1")

    def send(self) -> None:
        while self.relay.step():
            pass
        assert self.relay.trouble is None

    def receive(self) -> None:
        """Read until everything was read, and retried as far as it is due."""
        idle = 0
        while idle < 3:
            idle = 0 if self.consumer.step(timeout=0.05) else idle + 1

    def flow(self) -> None:
        self.send()
        self.receive()

    def pass_time(self, span: timedelta) -> None:
        self.clock.ahead += span

    def seen(self) -> list[str]:
        with self.runtime.database.reading() as db:
            return toys.seen(db)


@contextmanager
def standing(directory: Path, *, database: str = "", tries: int = 2) -> Iterator[Standing]:
    """The toy service, migrated and with its topics. database: its URL; a SQLite file unless given."""
    clock = Hands()
    settings = Settings(data=directory, database=database)
    migrated(settings.database_url(toys.service.name), toys.service.package)
    runtime = Runtime(toys.service, settings, clock=clock)
    runtime.broker.apply(runtime.topics.values())
    consumer = Consumer(
        database=runtime.database,
        broker=runtime.broker,
        handling=runtime.handling,
        backoff=Backoff(tries=tries, first=timedelta(seconds=1)),
    )
    try:
        yield Standing(runtime, runtime.relay(), consumer, clock)
    finally:
        consumer.close()
        runtime.close()
