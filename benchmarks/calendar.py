"""Server time of a prefecture's month in every view of the calendar, and of a release to all schools, on both databases.

The peer of a view is what it cannot do without, measured in the same run: its own statements, replayed on a bare
connection, and its own template, rendered with the same values.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
import structlog

from benchmarks.measuring import Report, options, percentile
from benchmarks.pages import heard_of, timed
from services.scheduling.app import service
from services.scheduling.plans.model import Occurrence, Plan
from services.scheduling.sessions.commands import draft_session, release_session
from services.scheduling.sessions.model import Session
from shared.contracts.directory import SchoolChanged
from shared.db import Transaction
from shared.ids import uuid7
from shared.roster.keeping import keep_school
from tests.builders import House, house
from tests.databases import postgres_database
from tests.infrastructure import Infrastructure

#: Sessions of the month, schools of the prefecture, requests of each view, and how often a session is released to all.
SESSIONS, SCHOOLS, REQUESTS, RELEASES = 2_000, 3_000, 60, 5

#: Milliseconds of server time that 95 of 100 requests stay within; seconds that a release may take.
BAR_MS, BAR_RELEASE = 150.0, 2.0

#: Schools that a session invites, and sessions of the month before and the month after, which no view may read.
_INVITED, _AROUND = 12, 2_000

VIEWS = {
    "month": "/scheduling/calendar?view=month&at=2025-06",
    "week": "/scheduling/calendar?view=week&at=2025-06-11",
    "list of 30 days": "/scheduling/calendar?view=agenda&at=2025-06-01",
    "places of a week": "/scheduling/calendar?view=places&at=2025-06-11",
    "list of sessions": "/scheduling/?since=2025-06-01&until=2025-06-30",
}

_JUNE = datetime(2025, 6, 1, tzinfo=UTC)
_KINDS = ("joint_research", "lecture", "demonstration_lesson", "training")
_STATES = ("released", "released", "released", "draft", "held")


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(
        str(__doc__),
        sessions={"type": int, "default": SESSIONS, "help": "sessions of the month"},
        schools={"type": int, "default": SCHOOLS, "help": "schools that one session is released to"},
        requests={"type": int, "default": REQUESTS, "help": "requests of each view"},
    )
    report = Report("calendar")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with ExitStack() as stack:
        infrastructure = Infrastructure()
        stack.callback(infrastructure.stop)
        url = stack.enter_context(postgres_database(infrastructure.postgres()))
        for name, database in {"SQLite": "", "PostgreSQL": url}.items():
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            filled = stack.enter_context(house(service, directory, database=database))
            schools = _fill(filled, sessions=asked.sessions, schools=asked.schools)
            _views(report, name, filled, sessions=asked.sessions, requests=asked.requests)
            _releases(report, name, filled, schools)
    return report.finish(as_json=asked.json)


def _fill(filled: House, *, sessions: int, schools: int) -> list[UUID]:
    """The schools of a prefecture, and its sessions of three months, a few in each hour of the working day."""
    ids = [uuid7() for _ in range(schools)]

    def work(tx: Transaction) -> None:
        for number, id_ in enumerate(ids):
            keep_school(
                tx,
                SchoolChanged(
                    school_id=id_,
                    version=1,
                    code=f"36328{number:05d}",
                    name=f"第 {number} 小学",
                    stage="primary",
                    region_code=f"6328{number % 8 + 1:02d}",
                    region_name=f"县 {number % 8 + 1}",
                ),
            )
        tx.db.execute(sa.insert(Session), list(_sessions(sessions, ids)))

    filled.database.run(work, actor="service:scheduling")
    with filled.database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return ids


def _sessions(count: int, schools: list[UUID]) -> Iterator[dict[str, object]]:
    for month, of_it in ((-30, _AROUND), (0, count), (30, _AROUND)):
        for number in range(of_it):
            start = _JUNE + timedelta(days=month + number % 30, hours=number % 9, minutes=30)
            once = Occurrence(
                starts_at=start, ends_at=start + timedelta(hours=2), place=f"第 {number % 60} 中学报告厅"
            )
            state = _STATES[number % len(_STATES)]
            yield {
                "id": uuid7(),
                "version": 2,
                "title": f"集团内联合教研现场 {number}",
                "kind": _KINDS[number % len(_KINDS)],
                "starts_at": once.starts_at,
                "ends_at": once.ends_at,
                "place": once.place,
                "link": "",
                "invited_schools": [schools[(number + step) % len(schools)] for step in range(_INVITED)],
                "host_region": f"6328{number % 8 + 1:02d}",
                "state": state,
                "reason": "",
                "created_by": "service:scheduling",
                "drafted_at": _JUNE,
                "released_at": None if state == "draft" else _JUNE,
                "note": "",
                "led_by": (),
                "times": (once,),
            }


def _views(report: Report, name: str, filled: House, *, sessions: int, requests: int) -> None:
    app = filled.app()
    client = filled.client("coordinator@region:632800", app=app)
    for view, path in VIEWS.items():
        # The first request warms what a worker keeps: compiled statements and templates.
        heard = heard_of(app, filled, partial(client.get, path))
        ours, bare = [], []
        for _ in range(requests):
            ours.append(timed(partial(client.get, path)))
            bare.append(heard.again(app, filled))
        half, peer = percentile(ours, 0.5) * 1000, percentile(bare, 0.5) * 1000
        report.figure(f"{name}, {view}: {len(heard.statements)} queries, p50", [half], "ms")
        report.figure(f"{name}, {view}: its statements and its template alone, p50", [peer], "ms")
        said = f"{name}, {view} of {sessions:,} sessions: p95, ms"
        report.at_most(said, percentile(ours, 0.95) * 1000, BAR_MS)


def _releases(report: Report, name: str, filled: House, schools: list[UUID]) -> None:
    """By the whole command, up to the commit: one event tells all of the schools."""
    scopes, took = ["region:632800"], []
    for number in range(RELEASES):
        id_ = uuid7()
        start = datetime(2031, 1, 1, tzinfo=UTC) + timedelta(days=number)
        plan = Plan.once(
            title="全州教育集团化办学推进会",
            kind="training",
            starts_at=start,
            ends_at=start + timedelta(hours=3),
            place="州教育局报告厅",
            invited_schools=tuple(schools),
        )
        filled.database.run(
            partial(draft_session, id_=id_, plan=plan, host_region="632800", scopes=scopes),
            actor="account:benchmark",
        )
        started = time.perf_counter()
        filled.database.run(
            partial(release_session, session_id=id_, scopes=scopes), actor="account:benchmark"
        )
        took.append(time.perf_counter() - started)
    report.figure(f"{name}, release of a session to {len(schools):,} schools", took, "s")
    report.at_most(f"{name}, the slowest release to {len(schools):,} schools, s", max(took), BAR_RELEASE)


if __name__ == "__main__":
    sys.exit(main())
