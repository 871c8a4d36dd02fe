"""What it costs to tell ten thousand schools of one session: their inboxes, and a delivery for each of their channels.

Subject: the reaction to the event and the jobs that it asks for, on PostgreSQL and on SQLite. Peer: a bare executemany
of the same rows into the same tables with the same indexes: entries, deliveries, and for each school what says that
somebody has to read it, in the outbox and in the trail. Meanwhile somebody else writes: how long they wait at most is
what a page waits on SQLite. And the memory that the process takes more at its peak.
"""

import resource
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from benchmarks.contest import databases
from benchmarks.measuring import Report, interleaved, options
from services.notifications.app import service
from services.notifications.channels.model import Channel
from services.notifications.deliveries.model import Delivery, FanOut, Letter
from services.notifications.inbox.model import Entry, Notice
from services.notifications.preferences.model import Preference
from shared.contracts.scheduling import SessionReleased
from shared.db import Cause, Transaction
from shared.db.audit import audit_entries
from shared.db.migrations import migrate
from shared.events.outbox import outbox, unsent
from shared.ids import named, uuid7
from shared.jobs import JobRunner
from shared.runtime import Runtime
from shared.settings import Settings

SIZE, ROUNDS = 10_000, 3

NOTICES, LETTERS, FAN_OUTS = (cast("sa.Table", kind.__table__) for kind in (Notice, Letter, FanOut))

#: What has a row for each school, in the order in which they refer to each other.
EACH_SCHOOL = (
    cast("sa.Table", Entry.__table__),
    cast("sa.Table", Delivery.__table__),
    outbox,
    unsent,
)


class Side:
    """notifications on a database of its own, whose schools have a mail address each."""

    def __init__(self, url: str, directory: Path, size: int) -> None:
        """Give each school its channel."""
        directory.mkdir()
        self._size = size
        self._runtime = Runtime(service, Settings(data=directory, database=url))
        migrate(self._runtime.database.engine, service.package)
        self._schools = [named("school", str(number)) for number in range(size)]
        self._channels = {school: uuid7() for school in self._schools}
        with self._runtime.database.engine.begin() as connection:
            connection.execute(sa.insert(Channel), [self._channel(school) for school in self._schools])
        self.waits: list[float] = []

    def told(self) -> float:
        """Rows a second, from the event until the last of them is committed."""
        self._empty()
        start = datetime.now(UTC) + timedelta(days=7)
        event = SessionReleased(
            session_id=uuid7(),
            version=2,
            title="集团治理与管理策略",
            kind="lecture",
            starts_at=start,
            ends_at=start + timedelta(hours=4),
            place="培训中心报告厅",
            link="",
            invited_schools=self._schools,
        )
        runtime = self._runtime
        runner = JobRunner(runtime.database, service.jobs, service=service.name, owner="benchmark")
        done = threading.Event()
        other = threading.Thread(target=self._writes, args=(done,))
        other.start()
        begun = time.perf_counter()
        with runtime.database.begin() as db:
            cause = Cause(str(uuid7()), service.name, runtime.clock())
            tx = Transaction(
                db=db, now=runtime.clock(), actor=service.actor, emitter=runtime.emitter, cause=cause
            )
            service.reactions[SessionReleased](tx, event)
        while runner.step():
            pass
        seconds = time.perf_counter() - begun
        done.set()
        other.join()
        self._expect()
        return self._size / seconds

    def bare(self) -> float:
        """Schools a second, for the rows that telling wrote, by nothing but an executemany into each table."""
        written = self._written()
        self._empty()
        with self._runtime.database.engine.begin() as connection:
            for table in (NOTICES, LETTERS):
                connection.execute(sa.insert(table), written[table])
        begun = time.perf_counter()
        with self._runtime.database.engine.begin() as connection:
            for table in (*EACH_SCHOOL, audit_entries):
                connection.execute(sa.insert(table), written[table])
        seconds = time.perf_counter() - begun
        self._expect()
        return self._size / seconds

    def _written(self) -> dict[sa.Table, list[dict[str, Any]]]:
        # The trail can only be appended to: its newest rows are those of this telling, and get new numbers.
        entries = [column for column in audit_entries.c if column.name != "id"]
        newest = sa.select(*entries).order_by(audit_entries.c.id.desc()).limit(self._size)
        chosen = {table: sa.select(table) for table in (NOTICES, LETTERS, *EACH_SCHOOL)} | {
            audit_entries: newest
        }
        with self._runtime.database.engine.connect() as connection:
            return {
                table: [dict(row) for row in connection.execute(rows).mappings()]
                for table, rows in chosen.items()
            }

    def _writes(self, done: threading.Event) -> None:
        """Somebody else, who chooses something again and again."""
        number = 0
        while not done.wait(0.005):
            number += 1
            begun = time.perf_counter()
            self._runtime.database.run(
                lambda tx: tx.db.merge(
                    Preference(owner="school:x", class_name="announcement", kind="email", mode="on")
                ),
                actor="account:benchmark",
            )
            self.waits.append(time.perf_counter() - begun)

    def _empty(self) -> None:
        with self._runtime.database.engine.begin() as connection:
            for table in (*reversed(EACH_SCHOOL), FAN_OUTS, LETTERS, NOTICES):
                connection.execute(sa.delete(table))

    def _expect(self) -> None:
        with self._runtime.database.reading() as db:
            for table in EACH_SCHOOL:
                found = db.scalar(sa.select(sa.func.count()).select_from(table))
                if found != self._size:
                    raise SystemExit(f"{table.name} has {found} rows instead of {self._size}.")

    def _channel(self, school: UUID) -> dict[str, object]:
        words = {
            "kind": "email",
            "name": "邮箱",
            "shown": "office@school.example",
            "sealed": "x",
            "endpoint": "mail",
        }
        return {
            "id": self._channels[school],
            "version": 1,
            "owner": f"school:{school}",
            "school_id": school,
            "mark": "x",
            "state": "on",
            "why": "",
            "failures": 0,
            "created_at": datetime.now(UTC),
            "created_by": "benchmark",
            **words,
        }


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Do what the first lines say."""
    asked = options(__doc__ or "", size={"type": int, "default": SIZE, "help": "schools that are told"})
    report = Report("fanout")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        database = stack.enter_context(databases())
        sides = {
            "PostgreSQL": Side(database(), scratch / "postgres", asked.size),
            "SQLite": Side("", scratch / "sqlite", asked.size),
        }
        counts: dict[str, Callable[[], float]] = {}
        more = 0.0
        for name, side in sides.items():
            side.told()  # warms what a worker keeps
            before = _megabytes()
            side.told()
            more = max(more, _megabytes() - before)  # before the peer, which holds all of its rows at once
            counts |= {f"told, {name}": side.told, f"bare, {name}": side.bare}
        counted = interleaved(counts, rounds=ROUNDS)
        rates = {what: report.figure(what, values, "schools/s") for what, values in counted.items()}
        for name in sides:
            report.at_least(f"told / bare, {name}", rates[f"told, {name}"] / rates[f"bare, {name}"], 0.4)
        seconds = asked.size / rates["told, PostgreSQL"]
        report.at_most(f"seconds for {asked.size:,} schools, PostgreSQL", seconds, 3.0)
        report.at_most(
            "longest wait of somebody who writes meanwhile, SQLite (ms)",
            max(sides["SQLite"].waits) * 1000,
            300,
        )
        report.at_most("memory at the peak more than before (MB)", more, 60)
    return report.finish(as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
