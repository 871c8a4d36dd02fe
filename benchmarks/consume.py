"""How fast a consumer applies an ordinary reaction, against the same reaction without broker, inbox and position.

Subject: a real `Consumer` over Apache Kafka and PostgreSQL, events published beforehand, timed from the first
batch that it polled to the commit of the last. Peer, in the same process on the same database: the same events,
decoded beforehand, in batches of the very sizes that the subject had, each batch one transaction with a
`Transaction` for every event. Beside them the rate at which bare inserts write the same rows.
"""

import itertools
import sys
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa

from benchmarks import toy
from benchmarks.ground import Ground, ground
from benchmarks.measuring import Report, interleaved, options
from shared.db import Cause, Database, Transaction
from shared.events.broker import Broker
from shared.events.consumer import Consumer
from shared.events.outbox import Outbox
from shared.ids import uuid7

#: Events of one count.
EVENTS = 3_000
SESSIONS = 300


class Batches:
    """Watches a consumer: how many events each of its transactions held, and when it began and ended."""

    def __init__(self, keys: Collection[UUID]) -> None:
        """Nothing has happened yet. keys: the sessions that the consumer's database has."""
        self._keys = frozenset(keys)
        self.sizes: list[int] = []
        self.start = self.end = 0.0
        self._now = 0

    def reaction(self, tx: Transaction, event: toy.Released) -> None:
        """The reaction, counted; events for another consumer's database are passed over."""
        if event.session_id not in self._keys:
            return
        toy.notify(tx, event)
        self._now += 1

    def reached(self, point: str) -> None:
        """Called by the consumer at its crash points."""
        if point == "consumer.polled":
            self._now = 0
            self.start = self.start or time.monotonic()
        elif point == "consumer.committed":
            self.sizes.append(self._now)
            self.end = time.monotonic()

    def begin(self) -> None:
        """Forget the last count."""
        self.sizes.clear()
        self.start = self.end = 0.0


class Side:
    """One consumer on one database, with what it has to apply."""

    def __init__(self, here: Ground, broker: Broker) -> None:
        """Make the database and join the group."""
        self.url = here.database()
        self.name = uuid4().hex
        self._broker = broker
        self._outbox = Outbox(registry=toy.REGISTRY)
        self.database = Database(self.url, emitter=self._outbox)
        self.keys = [uuid4() for _ in range(SESSIONS)]
        self.batches = Batches(self.keys)
        with self.database.begin() as db:
            db.add_all(toy.Session(id=key, version=0, title="") for key in self.keys)
        self._consumer = Consumer(
            database=self.database,
            broker=broker,
            handling=toy.handling(self._outbox, consumer=self.name, reaction=self.batches.reaction),
            reached=self.batches.reached,
        )
        self._version = itertools.count(1, EVENTS)
        self._events: list[toy.Released] = []
        for _ in range(20):  # joins the group, and passes over what was there before
            self._consumer.step(timeout=0.5)

    def count(self) -> float:
        """Publish the next events, then apply them: events a second."""
        while self._consumer.step(timeout=0.2):
            pass  # what was published for others since
        self._events = list(toy.releases(EVENTS, keys=self.keys, start=next(self._version)))
        self._broker.publish(list(toy.records(iter(self._events))))
        self.batches.begin()
        while sum(self.batches.sizes) < EVENTS:
            self._consumer.step(timeout=0.5)
            if self._consumer.trouble:
                raise RuntimeError(str(self._consumer.trouble))
        return EVENTS / (self.batches.end - self.batches.start)

    def react(self, reaction: Callable[[Transaction, toy.Released], None] = toy.notify) -> float:
        """The peer: the same events in the same batches through `Transaction` alone."""
        left = iter(self._events)
        start = time.monotonic()
        for size in self.batches.sizes:
            with self.database.begin() as db:
                for event in itertools.islice(left, size):
                    now = datetime.now(UTC)
                    cause = Cause(str(event.session_id), "benchmarks", now)
                    reaction(
                        Transaction(db=db, now=now, actor="account:1", emitter=self._outbox, cause=cause),
                        event,
                    )
        return EVENTS / (time.monotonic() - start)

    def insert(self) -> float:
        """The entries of the same events by bare inserts in the same batches: events a second."""
        left = iter(self._events)
        start = time.monotonic()
        for size in self.batches.sizes:
            with self.database.begin() as db:
                db.execute(sa.insert(toy.Entry), list(map(dict, _entries(itertools.islice(left, size)))))
        return EVENTS / (time.monotonic() - start)

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()
        self.database.close()


def _entries(events: "itertools.islice[toy.Released]") -> list[dict[str, UUID | str | datetime]]:
    now = datetime.now(UTC)
    return [
        {"id": uuid7(), "school_id": school, "session_id": event.session_id, "title": event.title, "at": now}
        for event in events
        for school in event.schools
    ]


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(str(__doc__))
    with ground() as here:
        broker = here.broker()
        side = Side(here, broker)

        side.count()  # once without counting: code paths, statement caches, connections
        counts = interleaved({"consumer": side.count, "reaction": side.react, "inserts": side.insert})
        sizes = len(side.batches.sizes)
        side.close()
        broker.close()
        report = Report("consume", here.servers)
    peer = report.figure("the reaction alone", counts["reaction"], "events/s")
    subject = report.figure("consumer with broker, inbox and position", counts["consumer"], "events/s")
    report.figure("bare inserts of the same entries", counts["inserts"], "events/s")
    report.figure("what the consumer adds", [(1 / subject - 1 / peer) * 1e6], "µs an event")
    report.figure("transactions of the last count", [sizes], f"for {EVENTS:,} events")
    report.at_least("consumer / the reaction alone", subject / peer, 0.5)
    return report.finish(as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
