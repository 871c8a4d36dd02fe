"""The processes of the relay benchmark: relays on a database, the bare producer that is their peer, and the rows."""

import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from benchmarks import toy
from shared.db import Database
from shared.events.broker import Broker
from shared.events.envelope import unpack_headers
from shared.events.kafka import KafkaBroker
from shared.events.kafka.clients import Clients
from shared.events.outbox import Outbox, outbox
from shared.events.relay import Relay
from shared.events.restore import Restore
from shared.events.unsent import WAITS
from shared.worker.heap import settle_heap

#: Each key has so many events in a count, so that there is an order to keep.
EVENTS_OF_A_KEY = 5

_COLUMNS = ("id", "shard", "topic", "key", "version", "type", "value", "headers", "created_at")


class Timed(NamedTuple):
    """When a process began and ended, in monotonic seconds, which all processes of a machine share."""

    start: float
    end: float


class Worker:
    """A process with a relay on one database, which also runs the peer."""

    def __init__(self, url: str, kafka: str) -> None:
        """Start it; it leases shards at once."""
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, url, kafka), daemon=True)
        self._process.start()

    def begin(self, command: str) -> None:
        """Let it `drain`, run the `bare` peer over what the outbox holds unsent, `hold` its shards or `go on`."""
        self._pipe.send(command)

    def result(self) -> tuple[Any, ...]:
        """What the command that was begun answered."""
        answer: tuple[Any, ...] = self._pipe.recv()
        return answer

    def close(self) -> None:
        """End it."""
        self._pipe.send("end")
        self._process.join(timeout=30)


def relay_on(database: Database, broker: Broker, *, owner: str) -> Relay:
    """A relay as a worker makes it."""
    return Relay(
        service="benchmarks",
        database=database,
        broker=broker,
        topics={toy.SESSIONS.name: toy.SESSIONS},
        restore=Restore(adopt={}, registry=toy.REGISTRY, emitter=Outbox(registry=toy.REGISTRY)),
        owner=owner,
    )


def _work(pipe: Connection, url: str, kafka: str) -> None:
    database = Database(url, emitter=Outbox(registry=toy.REGISTRY))
    broker = KafkaBroker([kafka], client_id="benchmarks")
    relay = relay_on(database, broker, owner=str(uuid4()))
    settle_heap()  # as a worker does; the peer in this process has it too
    commands: dict[str, Callable[[], tuple[float, ...]]] = {
        "drain": lambda: drained(relay),
        "bare": lambda: _bare(database, kafka),
        "hold": lambda: _held(relay),
    }
    command = ""
    while command != "end":
        if command != "hold" and not pipe.poll(0.1):
            relay.step()  # keeps its leases
            continue
        command = pipe.recv()
        if command in commands:
            pipe.send(commands[command]())
    relay.close()
    broker.close()
    database.close()


def drained(relay: Relay) -> Timed:
    """Let the relay send and mark all that is unsent in its shards."""
    start = time.monotonic()
    while relay.step():
        pass
    if relay.trouble:
        raise RuntimeError(str(relay.trouble))
    return Timed(start, time.monotonic())


def _held(relay: Relay) -> tuple[int]:
    """How many shards it holds; it leaves the outbox alone until it is told to drain."""
    return (len(relay._shards),)  # noqa: SLF001  nobody else has to know


def _bare(database: Database, kafka: str) -> Timed:
    """The peer: the same bytes through a bare producer with the relay's own client settings."""
    columns = outbox.c.key, outbox.c.value, outbox.c.headers
    with database.reading() as db:
        found = db.execute(sa.select(*columns).where(WAITS).order_by(outbox.c.seq))
        messages = [(key.encode(), value, list(unpack_headers(headers))) for key, value, headers in found]
    producer = Clients([kafka], options={}, client_id="benchmarks").producer()
    producer.partitions_for(toy.BARE.name)
    start = time.monotonic()
    sent = [
        producer.send(toy.BARE.name, value=value, key=key, headers=headers)
        for key, value, headers in messages
    ]
    for one in sent:
        one.get(timeout=60)
    timed = Timed(start, time.monotonic())
    producer.close()
    return timed


def prefilled(count: int) -> list[toy.Row]:
    """So many rows of fresh keys."""
    keys = [uuid4() for _ in range(count // EVENTS_OF_A_KEY)]
    return list(toy.rows(toy.releases(count, keys=keys)))


def copy(url: str, made: list[toy.Row]) -> None:
    """Put rows into the outbox of a PostgreSQL database."""
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM outbox").fetchone() or (0,)
        with connection.cursor().copy(
            f"COPY outbox ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
        ) as into:
            into.set_types(["uuid", "int4", "text", "text", "int4", "text", "bytea", "bytea", "timestamptz"])
            for row in made:
                into.write_row([row[name] for name in _COLUMNS])
        connection.execute(
            "INSERT INTO unsent (seq, shard, size) SELECT seq, shard, length(value) FROM outbox WHERE seq > %s",
            (last,),
        )
        connection.execute("ANALYZE outbox, unsent")
