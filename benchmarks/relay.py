"""How fast the relay drains the outbox of PostgreSQL into Apache Kafka, against kafka-python alone.

Subject: a real `Relay` in a process of its own, rows prefilled, timed from its first step to the commit that
marks the last acknowledged row. Peer, in the same process and with the same client settings: a bare idempotent
`KafkaProducer` that is handed the same keys, values and headers, timed to the last acknowledgement. Two relays
are two processes, as operators would run them, on a database of their own. Whether each key kept its order is
read back from the topic.
"""

import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from benchmarks import toy
from benchmarks.ground import Ground, ground
from benchmarks.measuring import ROUNDS, Report, interleaved, options
from shared.db import Database
from shared.events.broker import Broker
from shared.events.envelope import headers_from_text
from shared.events.kafka import KafkaBroker
from shared.events.kafka.clients import Clients
from shared.events.outbox import SHARDS, Outbox, outbox
from shared.events.relay import Relay
from shared.events.restore import Restore

#: Rows of one count; five counts drain 200,000.
ROWS = 40_000
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
        found = db.execute(sa.select(*columns).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.seq))
        messages = [(key.encode(), value, list(headers_from_text(headers))) for key, value, headers in found]
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


class Relays:
    """One or two relay processes on a database of their own."""

    def __init__(self, here: Ground, count: int) -> None:
        """Start them, and wait until each has its share of the shards."""
        self.url = here.database()
        self._workers = [Worker(self.url, here.kafka) for _ in range(count)]
        while self._held() != [SHARDS // count] * count:
            for worker in self._workers:
                worker.begin("go on")
            time.sleep(0.5)

    def _held(self) -> list[int]:
        for worker in self._workers:
            worker.begin("hold")
        return [int(worker.result()[0]) for worker in self._workers]

    def prefill(self, count: int) -> None:
        """Put so many rows into the outbox while nobody sends."""
        made = prefilled(count)
        while self._held() != [SHARDS // len(self._workers)] * len(self._workers):
            pass
        copy(self.url, made)

    def drain(self) -> float:
        """Rows a second, from the first start to the last mark."""
        return self._rate("drain")

    def bare(self) -> float:
        """The peer, over the rows that wait."""
        return self._rate("bare")

    def _rate(self, command: str) -> float:
        for worker in self._workers:
            worker.begin(command)
        timed = [Timed(*worker.result()) for worker in self._workers]
        return ROWS / (max(one.end for one in timed) - min(one.start for one in timed))

    def close(self) -> None:
        """End them."""
        for worker in self._workers:
            worker.close()


def prefilled(count: int) -> list[toy.Row]:
    """So many rows of fresh keys."""
    keys = [uuid4() for _ in range(count // EVENTS_OF_A_KEY)]
    return list(toy.rows(toy.releases(count, keys=keys)))


def copy(url: str, made: list[toy.Row]) -> None:
    """Put rows into the outbox of a PostgreSQL database."""
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        with connection.cursor().copy(
            f"COPY outbox ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
        ) as into:
            into.set_types(["uuid", "int4", "text", "text", "int4", "text", "bytea", "text", "timestamptz"])
            for row in made:
                into.write_row([row[name] for name in _COLUMNS])
        connection.execute("ANALYZE outbox")


def misplaced(kafka: str) -> tuple[int, int, int]:
    """Of what the topic holds: records, repeated ones, and keys' first occurrences that are out of order."""
    consumer = Clients([kafka], options={}, client_id="benchmarks").consumer(group=None)
    places = toy.partitions(toy.SESSIONS)
    consumer.assign(places)
    consumer.seek_to_beginning()
    left = dict(consumer.end_offsets(places))
    ids: set[bytes] = set()
    newest: dict[bytes, int] = {}
    records = inversions = 0
    while any(consumer.position(place) < end for place, end in left.items()):
        for batch in consumer.poll(timeout_ms=1000).values():
            for record in batch:
                records += 1
                headers = dict(record.headers)
                if headers["ce_id"] in ids:
                    continue
                ids.add(headers["ce_id"])
                version = int(headers["ce_sequence"])
                inversions += version != newest.get(record.key, 0) + 1
                newest[record.key] = version
    consumer.close()
    return records, records - len(ids), inversions


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(str(__doc__))
    with ground() as here:
        broker = here.broker()
        one, two = Relays(here, 1), Relays(here, 2)

        def bare() -> float:
            one.prefill(ROWS)
            return one.bare()

        def both() -> float:
            two.prefill(ROWS)
            return two.drain()

        counts = interleaved({"bare": bare, "one": one.drain, "two": both})
        one.close()
        two.close()
        broker.close()
        records, repeated, inversions = misplaced(here.kafka)
        report = Report("relay", here.servers)
    peer = report.figure("kafka-python alone, idempotent", counts["bare"], "records/s")
    single = report.figure("one relay", counts["one"], "rows/s")
    double = report.figure("two relays, two processes", counts["two"], "rows/s")
    report.figure("records read back", [records], f"of {2 * ROUNDS * ROWS:,} ({repeated} repeated)")
    report.at_least("one relay / kafka-python alone", single / peer, 0.7)
    report.at_least("two relays / one", double / single, 0.95)
    report.at_least("records read back / rows", (records - repeated) / (2 * ROUNDS * ROWS), 1)
    report.at_most("inversions of a key's order", inversions, 0)
    return report.finish(as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
