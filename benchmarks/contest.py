"""What the benchmarks of claims and of bookings share: databases that are gone afterwards, rates, and fifty that hurry."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from benchmarks.measuring import Report, percentile
from shared.db import Transaction
from shared.runtime import Runtime
from shared.serving.server import THREADS
from tests.infrastructure import Infrastructure, NotThereError

#: Clients at once, and how often they meet.
CLIENTS, MEETINGS = 50, 20

Meeting = Callable[[int], tuple[int, list[float]]]
W = TypeVar("W")


@contextmanager
def databases() -> Iterator[Callable[[], str]]:
    """Makes databases on PostgreSQL, gone afterwards. Ends the program with a sentence where there is none."""
    here = Infrastructure()
    try:
        server = here.postgres()
    except NotThereError as error:
        raise SystemExit(f"This benchmark needs PostgreSQL: {error}.") from error
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def database() -> str:
        made.append(f"bench_{uuid4().hex[:12]}")
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {made[-1]}"))
        return make_url(server).set(database=made[-1]).render_as_string(hide_password=False)

    try:
        yield database
    finally:
        with admin.connect() as connection:
            for name in made:
                connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
        here.stop()


def settle(runtime: Runtime, table: str) -> None:
    """Let the server know what it holds, as it would after some time by itself."""
    engine = runtime.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"VACUUM ANALYZE {table}"))


def rate(runtime: Runtime, wishes: Sequence[W], take: Callable[[Transaction, W], None]) -> float:
    """How many wishes a second are taken, each in a transaction of its own."""
    begun = time.perf_counter()
    for wish in wishes:
        runtime.database.run(lambda tx, wish=wish: take(tx, wish), actor="service:benchmark")  # type: ignore[misc]
    return len(wishes) / (time.perf_counter() - begun)


def hurry(acts: Sequence[Callable[[], object]], *, lost: type[Exception]) -> tuple[int, list[float]]:
    """All of them at once: how many were not refused with `lost`, and the seconds after which each had its answer.

    As many are done at a time as a server's process has threads (`shared.serving.server`); the others wait, and it counts.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        list(
            pool.map(lambda _: time.sleep(0.01), range(THREADS))
        )  # the threads are there before anybody comes
        begun = time.perf_counter()

        def go(act: Callable[[], object]) -> tuple[bool, float]:
            try:
                act()
            except lost:
                return False, time.perf_counter() - begun
            return True, time.perf_counter() - begun

        ended = list(pool.map(go, acts))
    return sum(won for won, _ in ended), [seconds for _, seconds in ended]


def judge(report: Report, scratch: Path, server: str, open_: Callable[[str, Path], Meeting]) -> None:
    """Let fifty meet on PostgreSQL and on SQLite: exactly one wins, and on PostgreSQL nobody waits for long."""
    for name, url in (("PostgreSQL", server), ("SQLite", "")):
        directory = scratch / name
        directory.mkdir()
        meet = open_(url, directory)
        meet(-1)  # connections are made once, and not by those who hurry
        met = [meet(number) for number in range(MEETINGS)]
        report.at_least(
            f"one winner of {CLIENTS}, {name}", float([won for won, _ in met] == [1] * MEETINGS), 1.0
        )
        slowest = percentile([seconds for _, each in met for seconds in each], 0.99) * 1_000
        report.figure(f"p99 of the command among {CLIENTS}, {name}", [slowest], "ms")
        if name == "PostgreSQL":
            report.at_most(f"p99 of the command among {CLIENTS}, {name} (ms)", slowest, 250)
