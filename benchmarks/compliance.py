"""Time of compliance in a prefecture of 120,000 teachers and 20 years of placements, on PostgreSQL and SQLite.

Every county's verdict of a school year, the page that shows them, the coefficients, the people behind a number, and one event's
update: what the directory says of a person, and a step of a placement, each in a transaction of its own.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from benchmarks.measuring import Report, options, percentile
from services.exchange.app import service
from services.exchange.balance.queries import balances
from services.exchange.compliance.commands import open_year
from services.exchange.compliance.queries.counting import counties, standings
from services.exchange.compliance.queries.people import people
from services.exchange.placements.commands import take_step
from services.exchange.placements.model import Placement
from services.exchange.placements.policies import Asker
from services.exchange.rules.commands import decide_rules
from services.exchange.rules.model import RegionRules
from shared.auth import Grant
from shared.contracts.directory import PersonChanged
from shared.ids import named
from shared.roster import roster_people, roster_schools
from shared.worker.heap import settle_heap
from tests.builders import House, house
from tests.databases import postgres_database
from tests.infrastructure import Infrastructure

TEACHERS, SHORT = 120_000, 3_000

#: Seconds for every county's verdict; milliseconds for one event's update and for the page. On SQLite, which a county office
#: has and no prefecture, verdicts and page are figures without a bar.
BAR_VERDICTS_S, BAR_EVENT_MS, BAR_PAGE_MS = 2.0, 20.0, 2_000.0

ROUNDS, EVENTS = 7, 200

#: A prefecture of twelve counties, each with schools of 80 teachers; a tenth of all is exchanged each year.
_COUNTIES, _STAFF, _YEARS, _EACH_YEAR = 12, 80, 20, 10
_YEAR, _AT_ONCE = 2025, 5_000
_NOW = datetime(2025, 11, 3, tzinfo=UTC)
_PREFECTURE, _OURS = "632800", "coordinator@region:632800"
_STAGES, _SETTINGS = ("primary", "junior", "nine_year"), ("urban", "town", "rural")


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(
        str(__doc__),
        size={"type": int, "default": TEACHERS, "help": "teachers of the prefecture"},
        short={"action": "store_true", "help": "3,000 teachers instead of 120,000"},
    )
    size = SHORT if asked.short else asked.size
    report = Report("compliance")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with ExitStack() as stack:
        infrastructure = Infrastructure()
        stack.callback(infrastructure.stop)
        url = stack.enter_context(postgres_database(infrastructure.postgres()))
        for name, database in {"PostgreSQL": url, "SQLite": ""}.items():
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            filled = stack.enter_context(house(service, directory, database=database))
            filled.clock.now = _NOW
            _fill(filled, size)
            _measure(report, name, filled, size)
    return report.finish(as_json=asked.json)


def _measure(report: Report, name: str, filled: House, size: int) -> None:
    def verdicts() -> None:
        with filled.database.reading() as db:
            found = standings(db, _YEAR, counties(db, [f"region:{_PREFECTURE}"]))
        assert sum(each.figures.teachers for each in found) == size  # noqa: S101  what is measured is all of it
        assert sum(each.figures.exchanged for each in found)  # noqa: S101

    def coefficients() -> None:
        with filled.database.reading() as db:
            balances(
                db, _YEAR, {each.code: RegionRules() for each in counties(db, [f"region:{_PREFECTURE}"])}
            )

    def behind() -> None:
        with filled.database.reading() as db:
            codes = [each.code for each in counties(db, [f"region:{_PREFECTURE}"])]
            assert people(db, _YEAR, codes, what="staying").total  # noqa: S101

    taken = _times(verdicts)
    if name == "PostgreSQL":
        report.at_most(f"{name}, every county's verdict: seconds", max(taken), BAR_VERDICTS_S)
    report.figure(f"{name}, every county's verdict: p50", [percentile(taken, 0.5) * 1000], "ms")
    report.figure(
        f"{name}, every county's coefficients: p50", [percentile(_times(coefficients), 0.5) * 1000], "ms"
    )
    report.figure(f"{name}, the people behind a number: p50", [percentile(_times(behind), 0.5) * 1000], "ms")
    client = filled.client(_OURS)
    settle_heap()
    page = _times(lambda: _insist(client.get(f"/exchange/compliance?year={_YEAR}").status_code))
    report.figure(f"{name}, the page: p50", [percentile(page, 0.5) * 1000], "ms")
    if name == "PostgreSQL":
        report.at_most(f"{name}, the page: p95, ms", percentile(page, 0.95) * 1000, BAR_PAGE_MS)
    told = _events(filled, size)
    report.figure(f"{name}, a person's change: p50", [percentile(told, 0.5) * 1000], "ms")
    report.at_most(f"{name}, a person's change: p95, ms", percentile(told, 0.95) * 1000, BAR_EVENT_MS)
    moved = _moves(filled)
    report.figure(f"{name}, a placement's step: p50", [percentile(moved, 0.5) * 1000], "ms")
    report.at_most(f"{name}, a placement's step: p95, ms", percentile(moved, 0.95) * 1000, BAR_EVENT_MS)


def _insist(status: int) -> None:
    assert status == 200, status  # noqa: S101, PLR2004  what is measured is a page


def _times(work: Callable[[], None], rounds: int = ROUNDS) -> list[float]:
    work()  # warms statements and templates
    taken: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return taken


def _events(filled: House, size: int) -> list[float]:
    """What the directory says of people, each as its own reaction."""
    taken: list[float] = []
    for number in range(EVENTS):
        row = _person(number * 7 % size, size)
        event = PersonChanged(**{**row, "version": 2 + number, "title": "高级教师"})
        begun = time.perf_counter()
        filled.hear(event)
        taken.append(time.perf_counter() - begun)
    return taken[1:]


def _moves(filled: House) -> list[float]:
    """Mid-term reviews of placements that are under way."""
    with filled.database.reading() as db:
        some = db.execute(
            sa.select(Placement.id, Placement.host_school_id).where(Placement.state == "active").limit(EVENTS)
        ).all()
    taken: list[float] = []
    for row in some:
        asker = Asker.of([Grant.parse(f"liaison@school:{row.host_school_id}")], person_id=None)
        begun = time.perf_counter()
        step = partial(take_step, placement_id=row.id, verb="review", asker=asker)
        filled.database.run(step, actor="account:bench")
        taken.append(time.perf_counter() - begun)
    return taken[1:]


def _fill(filled: House, size: int) -> None:
    def enter(table: Any, rows: Iterator[dict[str, Any]]) -> None:  # noqa: ANN401  a table or a mapped class
        with filled.database.engine.begin() as connection:
            while some := list(islice(rows, _AT_ONCE)):
                connection.execute(sa.insert(table), some)

    enter(roster_schools, _schools(size))
    enter(roster_people, (_person(number, size) for number in range(size)))
    enter(Placement, _placements(size))
    for year in (_YEAR, _YEAR - 1):
        filled.database.run(partial(open_year, year=year), actor="service:exchange")
    filled.database.run(
        lambda tx: decide_rules(
            tx,
            region=_region(3),
            rules=RegionRules(years=5),
            valid_from=date(2025, 9, 1),
            why="一个县另有规定",
            scopes=["all"],
        ),
        actor="account:bench",
    )
    with filled.database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _region(school: int) -> str:
    return f"6328{school % _COUNTIES + 1:02d}"


def _places(size: int) -> int:
    """How many schools there are."""
    return max(2 * _COUNTIES, size // _STAFF)


def _schools(size: int) -> Iterator[dict[str, Any]]:
    for number in range(_places(size)):
        stage = _STAGES[number // _COUNTIES // 2 % len(_STAGES)]
        yield {
            "school_id": named("bench", f"school/{number}"),
            "version": 1,
            "code": f"36328{number:05d}",
            "name": f"第{number}学校",
            "name_en": "",
            "stage": stage,
            "region_code": _region(number),
            "region_name": f"县{number % _COUNTIES}",
            "setting": _SETTINGS[number // _COUNTIES % len(_SETTINGS)],
            "pupils": 1_200,
            "pupils_primary": 800 if stage == "nine_year" else None,
            "pupils_junior": 400 if stage == "nine_year" else None,
            "retired": False,
        }


def _person(number: int, size: int) -> dict[str, Any]:
    return {
        "person_id": named("bench", f"person/{number}"),
        "version": 1,
        "name": f"教师{number}",
        "school_id": named("bench", f"school/{number % _places(size)}"),
        "sex": "女" if number % 3 else "男",
        "birth": f"{1968 + number % 32}-{1 + number % 12:02d}",
        "id_last4": "",
        "subject": ("语文", "数学", "英语", "体育", "音乐")[number % 5],
        "post": "校长" if number < _places(size) else "教师",
        "title": "一级教师",
        "backbone": ("none", "county", "none", "city", "school")[number // 7 % 5],
        "since": f"{2003 + number // 11 % 22}-08",
        "degree": "本科" if number % 4 else "硕士研究生",
        "stage": ("primary", "junior")[number % 2],
        "left": False,
        "merged_into": None,
    }


def _placements(size: int) -> Iterator[dict[str, Any]]:
    """A tenth of the teachers each year, over twenty years; those of this year are there."""
    schools = _places(size)
    for year in range(_YEAR - _YEARS + 1, _YEAR + 1):
        for number in range(size):
            if (number * 7_919 + year * 131) // 97 % _EACH_YEAR:
                continue
            home, host = number % schools, (number + 1 + year % 5) % schools
            at = datetime(year, 6, 1, tzinfo=UTC) + timedelta(minutes=number % 1_000)
            yield {
                "id": named("bench", f"placement/{year}/{number}"),
                "version": 6 if year == _YEAR else 10,
                "person_id": named("bench", f"person/{number}"),
                "origin_school_id": named("bench", f"school/{home}"),
                "host_school_id": named("bench", f"school/{host}"),
                "origin_region": _region(home),
                "host_region": _region(host),
                "kind": ("rotation", "support_teaching", "job_shadowing")[number // 13 % 3],
                "starts_on": date(year, 9, 1),
                "ends_on": date(year + 1, 7, 15),
                "relation_moves": False,
                "remark": "",
                "state": ("active", "agreed")[number // 17 % 4 == 0] if year == _YEAR else "closed",
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
