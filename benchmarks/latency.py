"""How long from a commit to its effect in another process, and what waiting costs.

Subject: two services, each with its own database and the loops that operators get. One process commits changes with
their events at 200 a second, the worker of its service relays them, the worker of the other service consumes them and commits
their effects, a row each. Timed from the return of the first commit to the return of the second. Peer, in the first and
the last of these processes and with the same client settings: the same bytes through a bare producer to a bare consumer,
timed from before `send` to the return of `poll`; the two take turns. The embedded pair (SQLite and the embedded broker) runs
in the same way without a peer, with both workers in one process, as `tongxing up` has them. The first half second of each
count, of subject and peer, is left out: a relay that rests looks every 200 ms, and what waking it costs is what the single
events below measure.

Idle: the process that commits and the worker that relays and consumes, without anything to do for a minute; then single
events with ten seconds of nothing between. The process that commits here holds a service's database and broker but serves
no pages.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

from benchmarks import toy
from benchmarks.ground import ground, prepared
from benchmarks.measuring import Report, interleaved, options, percentile
from benchmarks.worker import Place, Process, reacting, relaying, together, web
from shared.db import Database
from shared.events.embedded import EmbeddedBroker
from shared.events.outbox import Outbox
from shared.settings import Settings

RATE, EVENTS, SINGLES = 200.0, 1_500, 5

#: Events before those that are timed.
LEAD = 100

IDLE, PAUSE = 60.0, 10.0

#: Figures are percentiles of one count each.
Measured = tuple[float, float]


class Pair:
    """A service that publishes and one that reacts, on one broker."""

    def __init__(self, *, publishes: str, reacts: str, broker: str, kafka: str) -> None:
        """Start their processes, and wait until the first events came through. publishes, reacts: URLs of databases."""
        database = Database(publishes, emitter=Outbox(registry=toy.REGISTRY))
        sessions = tuple(uuid4() for _ in range(100))
        with database.begin() as db:
            db.add_all(toy.Session(id=key, version=0, title="") for key in sessions)
        database.close()
        there, here = (
            Settings(database=url, broker=broker, log_level="warning") for url in (publishes, reacts)
        )
        place = Place(publishes=there, reacts=here, sessions=sessions, kafka=kafka)
        self._relaying = Process(relaying, place) if kafka else None
        self._worker = Process(reacting if kafka else together, place)
        self._web = Process(web, place)
        self._next = 1
        self.tongxing(count=50)

    def tongxing(self, *, count: int = EVENTS, lead: int = LEAD) -> list[float]:
        """Milliseconds from commit to effect, for each event behind the lead."""
        return self._run("commit", count, lead)

    def bare(self, *, count: int = EVENTS, lead: int = LEAD) -> list[float]:
        """Milliseconds from `send` to `poll`, for each record behind the lead."""
        return self._run("send", count, lead)

    def listen(self) -> None:
        """Start the bare consumer, and wait until it hears."""
        self._worker.ask("listen")
        time.sleep(3)
        self.bare(count=50)

    def idle(self, seconds: float) -> float:
        """The share of a core, in percent, that both processes take while nothing happens."""
        before, start = self._cpu(), time.monotonic()
        time.sleep(seconds)
        return (self._cpu() - before) / (time.monotonic() - start) * 100

    def close(self) -> None:
        """End them."""
        self._web.close()
        self._worker.close()
        if self._relaying:
            self._relaying.close()

    def _run(self, command: str, count: int, lead: int) -> list[float]:
        first = self._next + lead
        began = self._web.ask(command, self._next, lead + count, RATE)
        self._next += lead + count
        seen = self._worker.ask("seen", lead + count)
        if seen.keys() != began.keys():
            raise RuntimeError(f"{len(began)} events were sent and {len(seen)} arrived within a minute.")
        return [(seen[version] - moment) * 1000 for version, moment in began.items() if version >= first]

    def _cpu(self) -> float:
        return self._web.cpu_seconds() + self._worker.cpu_seconds()


def p99_of(measure: Callable[[], list[float]], medians: list[float]) -> float:
    """The 99th percentile of one count; its median is kept beside."""
    found = measure()
    medians.append(statistics.median(found))
    return percentile(found, 0.99)


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(str(__doc__))
    with ground() as here, tempfile.TemporaryDirectory() as directory:
        report = Report("latency", here.servers)
        here.broker().close()
        pair = Pair(
            publishes=here.database(), reacts=here.database(), broker=f"kafka:{here.kafka}", kafka=here.kafka
        )
        idle = report.figure("idle web and worker of one service", [pair.idle(IDLE)], "% of a core")
        singles = []
        for _ in range(SINGLES):
            singles += pair.tongxing(count=1, lead=0)
            time.sleep(PAUSE)
        pair.listen()
        medians: dict[str, list[float]] = {"bare": [], "ours": []}
        counts = interleaved(
            {
                "bare": partial(p99_of, pair.bare, medians["bare"]),
                "ours": partial(p99_of, pair.tongxing, medians["ours"]),
            }
        )
        pair.close()
        embedded_counts, embedded_medians = _embedded(Path(directory))
    report.figure("bare Kafka round trip, p50", medians["bare"], "ms")
    peer = report.figure("bare Kafka round trip, p99", counts["bare"], "ms")
    report.figure("commit to effect, PostgreSQL and Kafka, p50", medians["ours"], "ms")
    ours = report.figure("commit to effect, PostgreSQL and Kafka, p99", counts["ours"], "ms")
    report.figure("commit to effect, embedded, p50", embedded_medians, "ms")
    embedded = report.figure("commit to effect, embedded, p99", embedded_counts, "ms")
    report.figure("a single event after idling", singles, "ms")
    report.at_most("p99, commit to effect / bare Kafka round trip", ours / peer, 2.5)
    report.at_most("p99, PostgreSQL and Kafka, ms", ours, 50)
    report.at_most("p99, embedded, ms", embedded, 25)
    report.at_most("slowest single event after idling, ms", max(singles), 250)
    report.at_most("idle, % of a core for each service", idle, 2)
    return report.finish(as_json=asked.json)


def _embedded(directory: Path) -> tuple[list[float], list[float]]:
    """The 99th percentiles and the medians of five counts on SQLite and the embedded broker."""
    broker = EmbeddedBroker(directory / "broker.db")
    broker.apply(toy.TOPICS)
    broker.close()
    pair = Pair(
        publishes=prepared(f"sqlite:///{directory / 'benchmarks.db'}"),
        reacts=prepared(f"sqlite:///{directory / 'reactors.db'}"),
        broker=f"embedded:{directory / 'broker.db'}",
        kafka="",
    )
    medians: list[float] = []
    counts = interleaved({"embedded": partial(p99_of, pair.tongxing, medians)})
    pair.close()
    return counts["embedded"], medians


if __name__ == "__main__":
    sys.exit(main())
