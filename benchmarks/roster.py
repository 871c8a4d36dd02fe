"""How long a roster of 3,000 schools and 120,000 people takes, while others sign in, on SQLite and PostgreSQL.

Through the pages, with a real worker: sent, confirmed, sent again unchanged; then another service, started only now,
fills its copy. Behind SQLite stands the embedded broker, behind PostgreSQL Apache Kafka. The peer is a bare insert of
the very rows that the import wrote, in one transaction, into a database of the same kind and tables.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import requests
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from benchmarks.measuring import Report, options, percentile
from benchmarks.office import LOGIN, PASSWORD, Running, free_port, signed_in, signing_in, workbook
from services.directory.accounts.commands import AT_ONCE, administrator, issue_link
from services.directory.app import service
from services.directory.imports.model import Import
from services.directory.people.model import Person
from services.directory.schools.model import School
from services.directory.sessions.commands import use_link
from services.directory.sessions.model import password_hash
from services.resources.app import service as another
from shared.db import Database, Transaction
from shared.db.migrations import migrate
from shared.events.outbox import Outbox, unsent
from shared.roster import roster_people
from shared.runtime import Runtime
from shared.serving.preparing import prepare_all
from shared.settings import Settings
from tests.infrastructure import Infrastructure, NotThereError

SCHOOLS, PEOPLE = 3_000, 120_000

#: Seconds to apply it, to find that it changes nothing, to copy it; milliseconds to sign in meanwhile; megabytes.
APPLIED, UNCHANGED, COPIED, SIGN_IN, MEMORY = 60.0, 20.0, 90.0, 300.0, 400.0

#: Counts of an import that are changes.
CHANGES = (".added", ".changed", ".gone")

#: Seconds in which people sign in before anything is confirmed.
AT_REST = 5.0

_PATIENCE = 900.0
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where one run keeps everything. beside: the URL of an empty database for the peer."""

    name: str
    data: Path
    database: str
    broker: str
    beside: str

    @property
    def environment(self) -> Mapping[str, str]:
        """The same for its processes."""
        said = {"DATA": str(self.data), "DATABASE": self.database, "BROKER": self.broker, "DEMO": "false"}
        return {
            f"TONGXING_{name}": value for name, value in {**said, "LOG_LEVEL": "warning"}.items() if value
        }

    @property
    def settings(self) -> Settings:
        """What its processes go by."""
        return Settings(data=self.data, database=self.database, broker=self.broker, demo=False)


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(
        str(__doc__),
        people={"type": int, "default": PEOPLE, "help": "fewer, to try it"},
        only={"choices": ["SQLite", "PostgreSQL"], "help": "one of the two databases"},
    )
    report = Report("roster")
    sent = workbook(schools=max(1, asked.people * SCHOOLS // PEOPLE), people=asked.people)
    with ExitStack() as stack:
        try:
            for place in _places(stack, asked.only):
                with _office(place) as runtime:
                    _measure(report, place, runtime, sent, people=asked.people)
        except NotThereError as error:
            raise SystemExit(f"This benchmark needs Apache Kafka and PostgreSQL: {error}.") from error
    return report.finish(as_json=asked.json)


def _places(stack: ExitStack, only: str | None) -> Iterator[Place]:
    if only != "PostgreSQL":
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield Place("SQLite", data, "", "", f"sqlite:///{data / 'beside'}.db")
    if only != "SQLite":
        infrastructure = Infrastructure()
        stack.callback(infrastructure.stop)
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server, kafka = infrastructure.postgres(), infrastructure.kafka()
        named = stack.enter_context(_databases(server, (service.name, another.name, "beside")))
        beside = named.replace("{service}", "beside")
        yield Place("PostgreSQL", data, named, f"kafka:{kafka}", beside)


@contextmanager
def _databases(server: str, names: tuple[str, ...]) -> Iterator[str]:
    """The URL of new databases, in which `{service}` stands for their names; dropped afterwards."""
    admin, run = sa.create_engine(server, isolation_level="AUTOCOMMIT"), uuid4().hex[:8]
    with admin.connect() as connection:
        for name in names:
            connection.execute(sa.text(f"CREATE DATABASE bench_{run}_{name}"))
    try:
        url = make_url(server).set(database=f"bench_{run}_NAME").render_as_string(hide_password=False)
        yield url.replace("NAME", "{service}")
    finally:
        with admin.connect() as connection:
            for name in names:
                connection.execute(sa.text(f"DROP DATABASE bench_{run}_{name} WITH (FORCE)"))
        admin.dispose()


@contextmanager
def _office(place: Place) -> Iterator[Runtime]:
    """An empty directory, but for somebody who may bring rosters in."""
    runtime = Runtime(service, place.settings)
    prepare_all([runtime], lambda _line: None)

    def enter(tx: Transaction) -> None:
        secret = issue_link(tx, account=administrator(tx), lasts=AT_ONCE, purpose="password")
        tx.db.flush()
        use_link(tx, secret=secret, login=LOGIN, password_hash=password_hash(PASSWORD))

    runtime.database.run(enter, actor=service.actor)
    try:
        yield runtime
    finally:
        runtime.close()


def _measure(report: Report, place: Place, runtime: Runtime, sent: bytes, *, people: int) -> None:
    log, port = place.data / "said.log", free_port()
    url = f"http://127.0.0.1:{port}"
    with (
        Running("worker", service.name, "--port", "0", settings=place.environment, log=log) as worker,
        Running("web", service.name, "--port", str(port), settings=place.environment, log=log),
    ):
        browser = signed_in(url)
        read, import_ = _timed(lambda: _stage(runtime, browser, url, sent))
        with signing_in(url, every=0.5) as alone:
            time.sleep(AT_REST)
        with signing_in(url, every=0.5) as took:
            applied, _ = _timed(lambda: _confirm(runtime, browser, url, import_))
        there = _count(runtime, Person.__table__)
        if there != people:
            raise SystemExit(f"{there:,} of {people:,} people are there; see {log}.")
        published, _ = _timed(lambda: _until(lambda: not _count(runtime, unsent)))
        again, second = _timed(lambda: _stage(runtime, browser, url, sent))
        changes = {name: n for name, n in _import(runtime, second).counts.items() if name.endswith(CHANGES)}
        memory, busy = worker.megabytes(), worker.cpu_seconds()
    with Running("worker", another.name, "--port", "0", "--prepare", settings=place.environment, log=log):
        copied, _ = _timed(lambda: _copied(place, people))
    bare = _bare(runtime, place.beside)

    report.figure(f"{place.name}: from sending to the preview", [read], "s")
    report.figure(f"{place.name}: from the last row to the last event in the broker", [published], "s")
    report.figure(f"{place.name}: sign-in while nothing else happens", alone, "ms")
    report.figure(f"{place.name}: sign-in meanwhile, {len(took)} times", [percentile(took, 0.5)], "ms")
    report.figure(f"{place.name}: sign-in meanwhile, 95 of 100", [percentile(took, 0.95)], "ms")
    report.figure(f"{place.name}: processor time of the worker in all", [busy], "s")
    report.figure(f"{place.name}: a bare insert of the same rows", [bare], "s")
    report.figure(f"{place.name}: import / bare insert", [applied / bare], "×")
    report.at_most(f"{place.name}: from Confirm to the last row, s", applied, APPLIED)
    report.at_most(f"{place.name}: sign-in meanwhile, the slowest, ms", max(took, default=0.0), SIGN_IN)
    report.at_most(f"{place.name}: the same again, s", again, UNCHANGED)
    report.at_most(f"{place.name}: changes found in the same again", sum(changes.values()), 0)
    report.at_most(f"{place.name}: the worker's memory, MB", memory, MEMORY)
    report.at_most(f"{place.name}: a new service's copy, s", copied, COPIED)


def _stage(runtime: Runtime, browser: requests.Session, url: str, sent: bytes) -> UUID:
    answer = browser.post(f"{url}/directory/imports", files={"workbook": ("roster.xlsx", sent)}, timeout=60, allow_redirects=False)  # fmt: skip
    import_ = UUID(answer.headers["Location"].rpartition("/")[2])
    _until(lambda: _import(runtime, import_).state != "reading")
    return import_


def _confirm(runtime: Runtime, browser: requests.Session, url: str, import_: UUID) -> None:
    browser.post(f"{url}/directory/imports/{import_}/confirmation", timeout=60, allow_redirects=False)
    _until(lambda: _import(runtime, import_).state != "applying")


def _import(runtime: Runtime, import_: UUID) -> Import:
    with runtime.database.reading() as db:
        return db.get_one(Import, import_)


def _copied(place: Place, people: int) -> None:
    runtime = Runtime(another, place.settings)

    def complete() -> bool:
        try:
            return _count(runtime, roster_people) == people
        except sa.exc.DBAPIError:  # its process has not made the tables yet
            return False

    _until(complete, every=0.5)
    runtime.close()


def _bare(runtime: Runtime, beside: str) -> float:
    database = Database(beside, emitter=Outbox())
    migrate(database.engine, service.package)
    rows: dict[Any, list[dict[str, Any]]] = {}
    with runtime.database.reading() as db:
        for table in (School.__table__, Person.__table__):
            rows[table] = [dict(row) for row in db.execute(sa.select(table)).mappings()]
    started = time.monotonic()
    with database.begin() as db:
        for table, there in rows.items():
            for chunk in _chunks(there):
                db.execute(sa.insert(table), chunk)
    took = time.monotonic() - started
    database.close()
    return took


def _chunks(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    left = iter(rows)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


def _count(runtime: Runtime, table: Any) -> int:  # noqa: ANN401  SQLAlchemy's FromClause
    with runtime.database.reading() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.monotonic()
    found = work()
    return time.monotonic() - started, found


def _until(so: Callable[[], bool], *, every: float = 0.1) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not so():
        if time.monotonic() > deadline:
            raise SystemExit("It is not done after a quarter of an hour.")
        time.sleep(every)


if __name__ == "__main__":
    sys.exit(main())
