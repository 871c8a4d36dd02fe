"""What it costs to tell ten thousand schools of one session: their inboxes, and a delivery for each of their channels.

Subject: the reaction to the event and the jobs that it asks for, on PostgreSQL and on SQLite. Peer: a bare executemany
of the same rows into the same tables with the same indexes. Meanwhile somebody else writes: how long they wait at most is
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
from uuid import UUID

import sqlalchemy as sa

from benchmarks.claims import databases
from benchmarks.measuring import Report, interleaved, options
from services.notifications.app import service
from services.notifications.channels.model import Channel
from services.notifications.deliveries.model import Delivery, Letter
from services.notifications.inbox.model import Entry, Notice
from services.notifications.preferences.model import Preference
from shared.contracts.scheduling import SessionReleased
from shared.db import Cause, Transaction
from shared.db.migrations import migrate
from shared.ids import named, uuid7
from shared.jobs import JobRunner
from shared.runtime import Runtime
from shared.settings import Settings

SIZE, ROUNDS = 10_000, 3


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
        return 2 * self._size / seconds

    def bare(self) -> float:
        """The same rows a second, by nothing but two executemany."""
        self._empty()
        now, notice = datetime.now(UTC), uuid7()
        texts = dict.fromkeys(
            ("subject_zh", "subject_en", "text_zh", "text_en", "link", "sender"), "活动邀请"
        )
        named_ = dict.fromkeys(("kind", "title", "session_kind", "place", "link", "reason"), "活动邀请")
        with self._runtime.database.engine.begin() as connection:
            connection.execute(
                sa.insert(Notice), [{"id": notice, "told_at": now, "session_id": notice, **named_}]
            )
            seq = connection.scalars(sa.select(Notice.seq)).one()
            letter = {"notice_id": notice, "class_name": "x", "written_at": now, "expires_at": now, **texts}
            connection.execute(sa.insert(Letter), [letter])
        entries = [{"notice_seq": seq, "school_id": school} for school in self._schools]
        deliveries = [self._delivery(notice, school, now) for school in self._schools]
        begun = time.perf_counter()
        with self._runtime.database.engine.begin() as connection:
            connection.execute(sa.insert(Entry), entries)
            connection.execute(sa.insert(Delivery), deliveries)
        seconds = time.perf_counter() - begun
        self._expect()
        return 2 * self._size / seconds

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
            for table in ("attempts", "deliveries", "fan_outs", "letters", "entries", "notices"):
                connection.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608  our own names

    def _expect(self) -> None:
        with self._runtime.database.reading() as db:
            for table in (Entry, Delivery):
                found = db.scalar(sa.select(sa.func.count()).select_from(table))
                if found != self._size:
                    raise SystemExit(f"{table.__tablename__} has {found} rows instead of {self._size}.")

    def _delivery(self, notice: UUID, school: UUID, now: datetime) -> dict[str, object]:
        channel = self._channels[school]
        return {
            "id": named("notifications.delivery", f"{notice}/school:{school}/{channel}"),
            "notice_id": notice,
            "recipient": f"school:{school}",
            "channel_id": channel,
            "school_id": school,
            "endpoint": "mail",
            "state": "queued",
            "due_at": now,
            "attempts": 0,
            "reason": "",
            "layer": "mandatory",
            "queued_at": now,
        }

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
        for name, side in sides.items():
            side.bare()
            counts |= {f"told, {name}": side.told, f"bare, {name}": side.bare}
        before = _megabytes()
        counted = interleaved(counts, rounds=ROUNDS)
        rates = {what: report.figure(what, values, "rows/s") for what, values in counted.items()}
        for name in sides:
            report.at_least(f"told / bare, {name}", rates[f"told, {name}"] / rates[f"bare, {name}"], 0.4)
        seconds = 2 * asked.size / rates["told, PostgreSQL"]
        report.at_most(f"seconds for {asked.size:,} schools, PostgreSQL", seconds, 3.0)
        report.at_most(
            "longest wait of somebody who writes meanwhile, SQLite (ms)",
            max(sides["SQLite"].waits) * 1000,
            300,
        )
        report.at_most("memory at the peak more than before (MB)", _megabytes() - before, 60)
    return report.finish(as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
