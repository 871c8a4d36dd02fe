"""Server time of the exchange's board and lists with 100,000 placements, on SQLite and PostgreSQL.

The placements are of twenty school years in every state; the readers are a prefecture's coordinator, everybody's administrator
and a school's liaison.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from benchmarks.measuring import Report, options, percentile
from services.exchange.app import service
from services.exchange.placements.model import ENDED, STATES, Placement
from shared.ids import named
from shared.roster import roster_people, roster_schools
from shared.worker.heap import settle_heap
from tests.builders import House, house
from tests.databases import postgres_database
from tests.infrastructure import Infrastructure

PLACEMENTS, SHORT = 100_000, 5_000
REQUESTS = 60

#: Milliseconds of server time that 95 of 100 requests stay within.
BAR_MS = 120.0

_COUNTIES, _SCHOOLS, _YEARS = 60, 1_500, 20
_AT_ONCE = 2_000
_KINDS = ("support_teaching", "job_shadowing", "rotation")
_OURS, _ALL, _SCHOOL = (
    "coordinator@region:632800",
    "administrator@all",
    f"liaison@school:{named('bench', 'school/7')}",
)
PAGES = {
    "board of a prefecture": (_OURS, "/exchange/"),
    "board of everything": (_ALL, "/exchange/"),
    "board of a school": (_SCHOOL, "/exchange/"),
    "list of a prefecture": (_OURS, "/exchange/placements"),
    "list of everything": (_ALL, "/exchange/placements"),
    "list, page 200": (_ALL, "/exchange/placements?page=200"),
    "list of a county": (_ALL, "/exchange/placements?region=632801"),
    "list by state": (_OURS, "/exchange/placements?state=active"),
    "list of a school year": (_OURS, "/exchange/placements?year=2020&sort=starts"),
    "list by name": (_ALL, "/exchange/placements?q=教师4711"),
    "what waits for a coordinator": (_OURS, "/exchange/placements?waiting=me"),
    "card": (_OURS, "/exchange/card"),
    "search": (_OURS, "/exchange/search?q=教师47"),
    "flows of regions": (_ALL, "/exchange/flows?year=2020"),
}


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(
        str(__doc__), short={"action": "store_true", "help": "5,000 placements instead of 100,000"}
    )
    report = Report("board")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with ExitStack() as stack:
        infrastructure = Infrastructure()
        stack.callback(infrastructure.stop)
        url = stack.enter_context(postgres_database(infrastructure.postgres()))
        for name, database in {"SQLite": "", "PostgreSQL": url}.items():
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            filled = stack.enter_context(house(service, directory, database=database))
            _fill(filled, SHORT if asked.short else PLACEMENTS)
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
    enter(roster_people, _people(count))
    enter(Placement, _placements(count))
    with filled.database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _region(school: int) -> str:
    """Six counties to a prefecture, ten prefectures; the first is Haixi."""
    county = school % _COUNTIES
    return "6328" + f"{county:02d}" if county < 6 else f"{5200 + county // 6:04d}{county % 6 + 1:02d}"  # noqa: PLR2004  above


def _schools() -> Iterator[dict[str, Any]]:
    for number in range(_SCHOOLS):
        yield {
            "school_id": named("bench", f"school/{number}"),
            "version": 1,
            "code": f"36328{number:05d}",
            "name": f"第{number}小学",
            "name_en": "",
            "stage": "primary",
            "region_code": _region(number),
            "region_name": f"县{number % _COUNTIES}",
            "setting": "urban",
            "retired": False,
        }


def _people(count: int) -> Iterator[dict[str, Any]]:
    blank = dict.fromkeys(
        ("sex", "birth", "id_last4", "subject", "post", "title", "since", "degree", "stage"), ""
    )
    for number in range(count):
        yield {
            "person_id": named("bench", f"person/{number}"),
            "version": 1,
            "name": f"教师{number}",
            "school_id": named("bench", f"school/{number % _SCHOOLS}"),
            "backbone": "none",
            "left": False,
            **blank,
        }


def _placements(count: int) -> Iterator[dict[str, Any]]:
    """One of each person; nine of ten are over, as in a book of twenty years."""
    open_ = [state for state in STATES if state not in ENDED]
    for number in range(count):
        home = number % _SCHOOLS
        host = (home + 1 + number // _SCHOOLS % 7) % _SCHOOLS
        first = date(2006 + number % _YEARS, 9, 1)
        state = open_[number // 10 % len(open_)] if number % 10 == 0 else "closed"
        at = datetime(2025, 6, 1, tzinfo=UTC) - timedelta(minutes=number)
        yield {
            "id": named("bench", f"placement/{number}"),
            "version": 3,
            "person_id": named("bench", f"person/{number}"),
            "origin_school_id": named("bench", f"school/{home}"),
            "host_school_id": named("bench", f"school/{host}"),
            "origin_region": _region(home),
            "host_region": _region(host),
            "kind": _KINDS[number % len(_KINDS)],
            "starts_on": first,
            "ends_on": first + timedelta(days=317),
            "relation_moves": False,
            "remark": "",
            "state": state,
            "taking": True,
            "reason": "",
            "notes": [],
            "source": "typed",
            "created_by": "account:bench",
            "created_at": at,
            "changed_at": at,
        }


if __name__ == "__main__":
    sys.exit(main())
