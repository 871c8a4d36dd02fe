"""Server time of inboxes with a million notifications, on SQLite and PostgreSQL.

A notification is a notice in a school's inbox: 25,000 notices went to 40 of 1,500 schools each. The readers are a school's
liaison, a prefecture's coordinator with copies of their own, and everybody's administrator.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from benchmarks.measuring import Report, options, percentile
from services.notifications.app import service
from services.notifications.inbox.model import Copy, Entry, Notice
from shared.ids import named
from shared.roster import roster_schools
from shared.worker.heap import settle_heap
from tests.builders import SOMEBODY, House, house
from tests.databases import postgres_database
from tests.infrastructure import Infrastructure

NOTICES, SHORT, EACH = 25_000, 1_000, 40
REQUESTS = 60

#: Milliseconds of server time that 95 of 100 requests stay within.
BAR_MS = 80.0

_COUNTIES, _SCHOOLS, _AT_ONCE = 60, 1_500, 2_000
_NOW = datetime(2025, 6, 1, tzinfo=UTC)
_OURS, _ALL, _SCHOOL = (
    "coordinator@region:632800",
    "administrator@all",
    f"liaison@school:{named('bench', 'school/7')}",
)
_OLD = named("bench", "notice/200")
PAGES = {
    "a school": (_SCHOOL, "/notifications/"),
    "a school, older": (_SCHOOL, f"/notifications/?before={_OLD}"),
    "a school, unread": (_SCHOOL, "/notifications/?show=unread"),
    "a school, archived": (_SCHOOL, "/notifications/?show=archived"),
    "a school, by title": (_SCHOOL, "/notifications/?q=活动47"),
    "a prefecture": (_OURS, "/notifications/"),
    "a prefecture, older": (_OURS, f"/notifications/?before={_OLD}"),
    "a prefecture, to be dealt with": (_OURS, "/notifications/?show=answer"),
    "everything": (_ALL, "/notifications/"),
    "news of a school": (_SCHOOL, "/notifications/news"),
    "card of a school": (_SCHOOL, "/notifications/card"),
}


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(str(__doc__), short={"action": "store_true", "help": "1,000 notices instead of 25,000"})
    report = Report("inbox")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with ExitStack() as stack:
        infrastructure = Infrastructure()
        stack.callback(infrastructure.stop)
        url = stack.enter_context(postgres_database(infrastructure.postgres()))
        for name, database in {"SQLite": "", "PostgreSQL": url}.items():
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            filled = stack.enter_context(house(service, directory, database=database))
            _fill(filled, SHORT if asked.short else NOTICES)
            _measure(report, name, filled)
    return report.finish(as_json=asked.json)


def _measure(report: Report, name: str, filled: House) -> None:
    app = filled.app()
    for page, (grant, path) in PAGES.items():
        client = filled.client(grant, app=app)
        taken: list[float] = []
        for number in range(REQUESTS + 1):
            begun = time.perf_counter()
            answer = client.get(path)
            if number:  # the first warms what a worker keeps: statements and templates
                taken.append(time.perf_counter() - begun)
            else:
                settle_heap()  # as a server's worker does once it is loaded
            if answer.status_code != 200:  # noqa: PLR2004  what is measured is a page
                raise AssertionError(f"{path}: {answer.status_code}")
        report.figure(f"{name}, {page}: p50", [percentile(taken, 0.5) * 1000], "ms")
        report.at_most(f"{name}, {page}: p95, ms", percentile(taken, 0.95) * 1000, BAR_MS)


def _fill(filled: House, count: int) -> None:
    def enter(table: Any, rows: Iterator[dict[str, Any]]) -> None:  # noqa: ANN401  a table or a mapped class
        some: list[dict[str, Any]] = []
        with filled.database.engine.begin() as connection:
            for row in rows:
                some.append(row)
                if len(some) == _AT_ONCE:
                    connection.execute(sa.insert(table), some)
                    some = []
            if some:
                connection.execute(sa.insert(table), some)

    enter(roster_schools, _schools())
    enter(Notice, _notices(count))
    enter(Entry, _entries(count))
    enter(Copy, ({"notice_seq": seq, "account_id": SOMEBODY} for seq in range(1, count + 1, 50)))
    with filled.database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _schools() -> Iterator[dict[str, Any]]:
    """Six counties to a prefecture, ten prefectures; the first is Haixi."""
    for number in range(_SCHOOLS):
        county = number % _COUNTIES
        inside = county < 6  # noqa: PLR2004  above
        yield {
            "school_id": named("bench", f"school/{number}"),
            "version": 1,
            "code": f"36328{number:05d}",
            "name": f"第{number}小学",
            "name_en": "",
            "stage": "primary",
            "region_code": f"6328{county:02d}" if inside else f"{5200 + county // 6:04d}{county % 6 + 1:02d}",
            "region_name": f"县{county}",
            "setting": "urban",
            "retired": False,
        }


def _notices(count: int) -> Iterator[dict[str, Any]]:
    """The last told is the newest."""
    for number in range(count):
        told = _NOW - timedelta(minutes=10 * (count - number))
        yield {
            "seq": number + 1,
            "id": named("bench", f"notice/{count - number}"),
            "kind": "session_released",
            "told_at": told,
            "happened_at": told,
            "session_id": named("bench", f"session/{number}"),
            "title": f"活动{number}",
            "session_kind": "lecture",
            "starts_at": told + timedelta(days=9),
            "ends_at": told + timedelta(days=9, hours=2),
            "place": "报告厅",
            "link": "",
            "reason": "",
            "href": "/scheduling/answers" if number % 500 == 0 else "",
        }


def _entries(count: int) -> Iterator[dict[str, Any]]:
    """Nine of ten are read, and half of these put away."""
    for number in range(count):
        for which in range(EACH):
            school = (number * 7 + which * 37) % _SCHOOLS
            read = (number + which) % 10 > 0
            yield {
                "notice_seq": number + 1,
                "school_id": named("bench", f"school/{school}"),
                "read_at": _NOW if read else None,
                "read_by": "account:bench" if read else "",
                "archived_at": _NOW if read and number % 2 else None,
            }


if __name__ == "__main__":
    sys.exit(main())
