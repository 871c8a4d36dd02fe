"""Server time of directory's lists and searches with 3,000 schools and 120,000 people, on SQLite and PostgreSQL.

The peer of a page is what it cannot do without, measured in the same run: its own statements, replayed on a bare
connection, and its own template, rendered with the same values.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask, template_rendered

from benchmarks.measuring import Report, options, percentile
from benchmarks.prefecture import fill, name_of
from services.directory.app import service
from shared.pinyin import spelt
from shared.worker.heap import settle_heap
from tests.builders import House, house
from tests.databases import postgres_database
from tests.infrastructure import Infrastructure

#: Requests of each page.
REQUESTS = 60

#: Milliseconds of server time that 95 of 100 requests stay within, and how often a page's bare parts it may take.
BAR_MS, BAR_RATIO = 100.0, 1.5

#: A page that takes less is made of what every request costs, such as verifying a token; its ratio says nothing.
SHORT_MS = 10.0

_FULL, _INITIALS = spelt(name_of(4711), person=True).split()

PAGES = {
    "schools": "/directory/schools",
    "schools by pupils": "/directory/schools?sort=-pupils",
    "schools of a county": "/directory/schools?region=632801&page=3",
    "people": "/directory/people",
    "people, page 400": "/directory/people?page=400",
    "people of a county": "/directory/people?region=632802&sort=since",
    "people by 汉字": f"/directory/people?q={name_of(4711)}",
    "people by pinyin": f"/directory/people?q={_FULL}",
    "people by initials": f"/directory/people?q={_INITIALS}",
    "people by years here": "/directory/people?sort=-since",
    "schools that teach a stage, by staff": "/directory/schools?stage=junior&sort=-people",
    "search for somebody": f"/directory/search?q={_FULL}",
    "search for a school": "/directory/search?q=德令哈",
    "search for nobody": "/directory/search?q=zzzz",
    "home": "/",
    "organisations": "/directory/organisations",
    "groups": "/directory/groups",
    "regions": "/directory/regions",
}


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(str(__doc__))
    report = Report("pages")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with ExitStack() as stack:
        infrastructure = Infrastructure()
        stack.callback(infrastructure.stop)
        url = stack.enter_context(postgres_database(infrastructure.postgres()))
        for name, database in {"SQLite": "", "PostgreSQL": url}.items():
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            _measure(report, name, stack.enter_context(house(service, directory, database=database)))
    return report.finish(as_json=asked.json)


def _measure(report: Report, name: str, filled: House) -> None:
    filled.database.run(lambda tx: fill(tx.db), actor="service:directory")
    with filled.database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    app = filled.app()
    client = filled.client("coordinator@region:632800", app=app)
    for page, path in PAGES.items():
        # The first request warms what a worker keeps: compiled statements and templates.
        heard = heard_of(app, filled, partial(client.get, path))
        ours, bare = [], []
        for _ in range(REQUESTS):
            ours.append(timed(partial(client.get, path)))
            bare.append(heard.again(app, filled))
        p95 = percentile(ours, 0.95) * 1000
        report.figure(
            f"{name}, {page}: {len(heard.statements)} queries, p50", [percentile(ours, 0.5) * 1000], "ms"
        )
        report.at_most(f"{name}, {page}: p95, ms", p95, BAR_MS)
        if p95 > SHORT_MS:
            ratio = percentile(ours, 0.5) / percentile(bare, 0.5)
            report.at_most(f"{name}, {page}: page / its bare parts", ratio, BAR_RATIO)


@dataclass
class Heard:
    """What one request did: its statements, and its template with the values."""

    statements: list[tuple[str, Any]] = field(default_factory=list)
    template: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    path: str = ""

    def again(self, app: Flask, filled: House) -> float:
        """Seconds for the statements on a connection that is open, and for the template.

        The connection is one of those that pages read by, so that both have what PostgreSQL has prepared.
        """
        readers = filled.database._readers  # noqa: SLF001  a benchmark may look inside
        with readers.connect() as connection, app.test_request_context("/"):
            started = time.perf_counter()
            for statement, parameters in self.statements:
                connection.exec_driver_sql(statement, parameters).all()
            self.template.render(self.values)
            return time.perf_counter() - started


def heard_of(app: Flask, filled: House, ask: Callable[[], object]) -> Heard:
    """What one request does: `ask` sends it."""
    heard = Heard()

    def rendered(_app: Flask, template: Any, context: dict[str, Any], **_: object) -> None:  # noqa: ANN401  Flask's signal
        heard.template, heard.values = template, dict(context)

    with _statements(filled) as statements, template_rendered.connected_to(rendered, app):
        ask()
    heard.statements = statements
    settle_heap()  # as a server's worker does once it is loaded
    return heard


@contextmanager
def _statements(filled: House) -> Iterator[list[tuple[str, Any]]]:
    heard: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:  # noqa: ANN401  the driver's
        if statement.startswith("SELECT"):
            heard.append((statement, parameters))

    readers = filled.database._readers  # noqa: SLF001  a benchmark may look inside
    sa.event.listen(readers, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        sa.event.remove(readers, "before_cursor_execute", note)


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
