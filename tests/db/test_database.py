"""The unit of work on both databases: together or not at all, retried where that helps, and clear where not."""

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm.exc import StaleDataError

from shared.db import Database, Transaction
from shared.db.engine import write_engine
from shared.db.migrations import migrate
from shared.errors import NotFound, Unavailable
from shared.events.inbox import inbox
from shared.events.outbox import Outbox
from tests.databases import postgres_database
from tests.proof.toys.contracts import NEW
from tests.proof.toys.model import Ball

BALL = UUID(int=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'toys.db'}"
        return
    with postgres_database(request.getfixturevalue("postgres_server")) as made:
        yield made


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url, emitter=Outbox(registry=NEW), sleep=lambda _seconds: None)
    migrate(made.engine, "tests.proof.toys")
    made.run(lambda tx: tx.db.add(Ball(id=BALL, version=1, steps=0, note="")), actor="a:1")
    yield made
    made.close()


def steps(database: Database) -> int | None:
    with database.reading() as db:
        return db.scalar(sa.select(Ball.steps).where(Ball.id == BALL))


def add(tx: Transaction) -> None:
    ball = tx.load(Ball, BALL)
    ball.steps += 1
    ball.advance()


def test_what_raises_leaves_nothing(database: Database) -> None:
    def fails(tx: Transaction) -> None:
        add(tx)
        tx.db.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(fails, actor="a:1")

    assert steps(database) == 0


def test_changes_of_one_aggregate_queue_up_and_none_is_lost(database: Database) -> None:
    threads = [
        threading.Thread(target=lambda: [database.run(add, actor="a:1") for _ in range(10)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert steps(database) == 40


def test_a_loaded_aggregate_is_locked_until_the_commit(database: Database) -> None:
    """Otherwise versions could be counted in one order and committed in the other."""
    held, go, order = threading.Event(), threading.Event(), list[str]()

    def first(tx: Transaction) -> None:
        add(tx)
        held.set()
        assert go.wait(10)
        order.append("first")

    def second(tx: Transaction) -> None:
        add(tx)
        order.append("second")

    threads = [
        threading.Thread(target=database.run, args=(work,), kwargs={"actor": "a:1"})
        for work in (first, second)
    ]
    threads[0].start()
    assert held.wait(10)
    threads[1].start()
    threads[1].join(0.3)
    go.set()
    for thread in threads:
        thread.join()

    assert (order, steps(database)) == (["first", "second"], 2)


def test_a_second_load_does_not_forget_the_first_ones_changes(database: Database) -> None:
    def twice(tx: Transaction) -> int:
        tx.load(Ball, BALL).steps = 7
        return tx.load(Ball, BALL).steps

    assert database.run(twice, actor="a:1") == 7


def test_what_is_not_there_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="no such ball"):
        database.run(lambda tx: tx.load(Ball, UUID(int=2)), actor="a:1")


def test_a_change_of_what_somebody_else_changed_is_done_again_from_the_start(database: Database) -> None:
    tried: list[int] = []

    def stale(tx: Transaction) -> None:
        ball = tx.db.get(Ball, BALL)  # not locked: a mistake that the version check has to catch
        assert ball is not None
        tried.append(ball.version)
        if len(tried) == 1:
            tx.db.execute(
                sa.update(Ball).values(version=5, steps=100).execution_options(synchronize_session=False)
            )
        ball.steps += 1
        ball.advance()

    database.run(stale, actor="a:1")

    assert tried == [1, 1]
    assert steps(database) == 1


def test_a_deadlock_is_resolved_by_doing_one_again(database: Database) -> None:
    other = UUID(int=2)
    database.run(lambda tx: tx.db.add(Ball(id=other, version=1, steps=0, note="")), actor="a:1")
    meet = threading.Barrier(2)

    def cross(first: UUID, second: UUID) -> None:
        tried: list[int] = []

        def work(tx: Transaction) -> None:
            tx.load(Ball, first).steps += 1
            tried.append(1)
            if len(tried) == 1 and database.engine.dialect.name == "postgresql":
                meet.wait(10)
            tx.load(Ball, second).steps += 1

        database.run(work, actor="a:1")

    threads = [threading.Thread(target=cross, args=pair) for pair in ((BALL, other), (other, BALL))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert steps(database) == 2


def test_it_gives_up_after_some_attempts(database: Database) -> None:
    tried: list[int] = []

    def always(_tx: Transaction) -> None:
        tried.append(1)
        raise StaleDataError

    with pytest.raises(StaleDataError):
        database.run(always, actor="a:1")

    assert len(tried) == 6


def test_a_reader_cannot_write(database: Database) -> None:
    with database.reading() as db:
        with pytest.raises(DatabaseError):
            db.execute(sa.text("UPDATE balls SET steps = 9"))
        db.rollback()

    assert steps(database) == 0


def test_wrong_sql_is_a_bug_and_no_database_that_is_away(database: Database) -> None:
    with pytest.raises(DatabaseError):
        database.run(lambda tx: tx.db.execute(sa.text("SELECT * FROM nowhere")), actor="a:1")


def test_a_database_that_cannot_be_opened_is_unavailable_and_changes_nothing(
    url: str, tmp_path: Path
) -> None:
    away = (
        f"sqlite:///{tmp_path}/no/such/directory/toys.db"
        if url.startswith("sqlite")
        else "postgresql+psycopg://nobody@127.0.0.1:1/none"
    )
    database = Database(away, emitter=Outbox(registry=NEW), sleep=lambda _seconds: None)

    with pytest.raises(Unavailable):
        database.ping()
    with pytest.raises(Unavailable):
        database.run(add, actor="a:1")
    database.close()


def test_a_naive_datetime_is_refused_and_an_aware_one_comes_back_in_utc(database: Database) -> None:
    at = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
    row = {"consumer": "c", "event_id": "1", "applied_at": at}
    database.within(lambda db: db.execute(sa.insert(inbox).values(row)))

    with database.reading() as db:
        assert db.scalar(sa.select(inbox.c.applied_at)) == at
    with pytest.raises(Exception, match="no moment"):
        database.within(
            lambda db: db.execute(sa.insert(inbox).values(row | {"applied_at": at.replace(tzinfo=None)}))
        )


def test_several_replicas_that_start_at_once_migrate_once(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(4)
    with ProcessPoolExecutor(4, context, initializer=_meet, initargs=(together,)) as replicas:
        done = list(replicas.map(_start, [url] * 4, timeout=120))

    assert sorted(map(bool, done)) == [False, False, False, True]


def test_processes_that_open_a_new_file_at_the_same_moment_all_get_in(tmp_path: Path) -> None:
    # Where they do not take turns at WAL, about one in seventy is told "database is locked" without any waiting.
    files = [f"sqlite:///{tmp_path}/{n}.db" for n in range(60)]
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(4)
    with ProcessPoolExecutor(4, context, initializer=_meet, initargs=(together,)) as openers:
        opened = list(openers.map(_open_together, [files] * 4, timeout=120))

    assert opened == [60] * 4


_met: list[Barrier] = []


def _meet(together: Barrier) -> None:
    _met.append(together)
    together.wait(120)


def _open_together(files: list[str]) -> int:
    opened = 0
    for file in files:
        _met[0].wait(60)
        engine = write_engine(file)
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS here (at)")
        except DatabaseError:
            continue
        else:
            opened += 1
        finally:
            engine.dispose()
    return opened


def _start(url: str) -> list[str]:
    engine = write_engine(url)
    try:
        return migrate(engine, "tests.proof.toys")
    finally:
        engine.dispose()
