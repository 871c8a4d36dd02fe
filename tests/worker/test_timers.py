"""Timers run when they are due, in one replica, and do not stop each other."""

import threading
from datetime import timedelta

import sqlalchemy as sa

from shared.db import Database, Transaction
from shared.errors import Refusal
from shared.service import Timer
from shared.text import Sentence
from shared.worker import Timers
from shared.worker.timers import timers
from tests.jobs.databases import Clock, leave, left

MINUTE = timedelta(minutes=1)


def leaving(row: int, *, every: timedelta = MINUTE, name: str | None = None) -> Timer:
    return Timer(name=name or f"leave-{row}", every=every, run=lambda tx: leave(tx, row))


def ticking(database: Database, *all_: Timer) -> Timers:
    return Timers(database, all_, service="exchange")


def row_of(database: Database, name: str) -> sa.Row[tuple[object, ...]]:
    with database.reading() as db:
        return db.execute(sa.select(timers).where(timers.c.name == name)).one()


def test_a_timer_runs_at_once_and_then_when_it_is_due(database: Database, clock: Clock) -> None:
    t = ticking(database, leaving(1), leaving(2, every=2 * MINUTE))
    assert t.step() is False
    assert left(database) == [1, 2]
    clock.move(59)
    t.step()
    assert left(database) == [1, 2]
    clock.move(1)
    t.step()
    assert left(database) == [1, 1, 2]
    clock.move(3600)  # what was missed is not made up for
    t.step()
    assert left(database) == [1, 1, 1, 2, 2]


def test_another_replica_finds_nothing_due(database: Database) -> None:
    for _ in range(2):
        ticking(database, leaving(1)).step()
    assert left(database) == [1]


def test_replicas_that_race_run_it_once(database: Database) -> None:
    together = threading.Barrier(4)

    def replica() -> None:
        t = ticking(database, leaving(1), leaving(2))
        together.wait()
        t.step()

    threads = [threading.Thread(target=replica) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert left(database) == [1, 2]


def test_a_failing_timer_changes_nothing_and_stops_nobody(database: Database, clock: Clock) -> None:
    good = [False]

    def run(tx: Transaction) -> None:
        leave(tx, 0)
        if not good[0]:
            raise Refusal(Sentence(zh="不行。", en="Not now: postgresql://u:hunter2@db"))

    t = ticking(database, Timer(name="fails", every=MINUTE, run=run), leaving(1))
    t.step()
    assert left(database) == [1]
    failed = row_of(database, "fails")
    assert (failed.failures, failed.last_error, failed.ran_at) == (1, "Not now: postgresql://u:***@db", None)
    assert failed.due_at == clock.now + timedelta(seconds=2)
    clock.move(2)
    t.step()
    assert row_of(database, "fails").due_at == clock.now + timedelta(seconds=4)
    good[0] = True
    clock.move(4)
    t.step()
    healed = row_of(database, "fails")
    assert (healed.failures, healed.last_error, healed.ran_at) == (0, None, clock.now)
    assert left(database) == [0, 1]


def test_a_clock_that_was_wrong_does_not_silence_a_timer(database: Database, clock: Clock) -> None:
    t = ticking(database, leaving(1))
    clock.move(10 * 365 * 86_400)
    t.step()
    clock.move(-10 * 365 * 86_400)
    t.step()
    assert left(database) == [1, 1]


def test_no_timers_ask_no_database() -> None:
    Timers(None, (), service="exchange").step()  # type: ignore[arg-type]
