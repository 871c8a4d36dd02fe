"""Jobs that change hands: crash, drain, a runner that slept through its lease, two that race."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from shared.db import Database, Transaction
from shared.errors import Unavailable
from shared.jobs import Done, JobRunner, More, Outcome, Step
from shared.jobs import request_cancel as cancel
from shared.jobs.tables import jobs
from shared.text import Sentence
from tests.jobs.databases import Clock, effects, leave, left
from tests.jobs.test_jobs import CLERK, ask, count, now, runner, until_idle

AWAY = Unavailable(Sentence(zh="数据库没有响应。", en="The database does not answer."))


def test_after_a_crash_another_goes_on_from_the_checkpoint_once_the_lease_has_ended(
    database: Database, clock: Clock
) -> None:
    id_ = ask(database)
    runner(database, count, owner="killed").step()  # and is never heard of again
    b = runner(database, count, owner="b")
    clock.move(59)
    assert not b.step()
    clock.move(1)
    assert until_idle(b) == 3
    assert (now(database, id_).state, left(database)) == ("succeeded", [0, 1, 2])


def test_each_saved_step_extends_the_lease(database: Database, clock: Clock) -> None:
    ask(database)
    a, b = runner(database, count, owner="a"), runner(database, count, owner="b")
    for _ in range(3):
        assert a.step()
        clock.move(59)
        assert not b.step()


def test_keep_extends_the_lease_within_a_step(database: Database, clock: Clock) -> None:
    ask(database)
    b = runner(database, count, owner="b")

    def computes(step: Step) -> Outcome:
        for _ in range(3):
            clock.move(59)
            step.keep()
        assert not b.step()
        return Done()

    runner(database, computes).step()


def test_who_slept_through_the_lease_saves_nothing(database: Database, clock: Clock) -> None:
    id_ = ask(database, upto=2)
    b = runner(database, count, owner="b")

    def sleeps(step: Step) -> Outcome:
        outcome = count(step)
        clock.move(61)
        assert b.step()  # b has taken the job and saved the very same step
        return outcome

    a = runner(database, sleeps, owner="a")
    assert a.step()
    assert left(database) == [0]
    assert not runner(database, sleeps, owner="a").step(), "b holds it"
    assert until_idle(b) == 2
    assert (now(database, id_).state, left(database)) == ("succeeded", [0, 1])


def test_who_slept_but_was_not_overtaken_may_save(database: Database, clock: Clock) -> None:
    ask(database, upto=1)

    def sleeps(step: Step) -> Outcome:
        clock.move(3600)
        return count(step)

    until_idle(runner(database, sleeps))
    assert left(database) == [0]


def test_who_was_overtaken_by_its_own_end_changes_nothing(database: Database, clock: Clock) -> None:
    """The other one has even finished the job; neither failing, nor cancelling, nor closing may touch it."""
    id_ = ask(database, upto=0)
    b = runner(database, count, owner="b")

    def fails_late(_step: Step) -> Outcome:
        clock.move(61)
        until_idle(b)
        raise KeyError

    a = runner(database, fails_late)
    assert a.step()
    a.close()
    assert (now(database, id_).state, now(database, id_).error) == ("succeeded", None)


def test_a_commit_whose_answer_got_lost_is_not_done_again(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = ask(database, upto=2)
    a = runner(database, count)
    real, lose = database.run, [True]

    def loses_an_answer(work: Callable[[Transaction], object], *, actor: str) -> object:
        answer = real(work, actor=actor)
        if lose and left(database) == [0]:
            lose.pop()
            raise AWAY
        return answer

    monkeypatch.setattr(database, "run", loses_an_answer)
    assert a.step()
    assert not a.step(), "nobody knows better than the row; it waits for the lease's end"
    clock.move(60)
    until_idle(a)
    assert (now(database, id_).state, left(database)) == ("succeeded", [0, 1])


def test_a_drained_runner_hands_over_at_once(database: Database) -> None:
    id_ = ask(database)
    a, b = runner(database, count, owner="a"), runner(database, count, owner="b")
    a.step()
    assert not b.step()
    a.drain()
    assert not a.step()
    a.close()
    assert now(database, id_).state == "queued"
    assert until_idle(b) == 3
    assert left(database) == [0, 1, 2]


def test_draining_ends_a_long_computation_at_its_next_keep(database: Database) -> None:
    id_ = ask(database, upto=1)

    def computes(step: Step) -> Outcome:
        a.drain()
        step.keep()
        raise AssertionError("not reached")

    a = runner(database, computes)
    assert a.step()
    handed_over = now(database, id_)
    assert (handed_over.state, handed_over.error) == ("queued", None)
    seen: list[int] = []

    def attempt(step: Step) -> Outcome:
        seen.append(step.attempt)
        return Done()

    runner(database, attempt, owner="b").step()
    assert seen == [1], "handing over is no failed attempt"


def test_a_job_that_takes_its_process_with_it_is_given_up(database: Database, clock: Clock) -> None:
    id_ = ask(database)

    def dies(_step: Step) -> Outcome:
        raise SystemExit

    lives = 0
    while now(database, id_).state != "failed":
        with pytest.raises(SystemExit):
            runner(database, dies).step()
        lives += 1
        clock.move(60)
        if lives == 5:
            assert not runner(database, dies).step()
    error = now(database, id_).error
    assert error is not None
    assert (lives, "ended unexpectedly" in error.en) == (5, True)


def test_a_cancel_that_a_vanished_runner_did_not_see_is_honoured(database: Database, clock: Clock) -> None:
    id_, other = ask(database), ask(database, upto=0)
    runner(database, count, owner="killed").step()
    database.run(lambda tx: cancel(tx, id_), actor=CLERK)
    clock.move(60)
    until_idle(runner(database, count, owner="b"))
    assert (now(database, id_).state, now(database, other).state) == ("cancelled", "succeeded")
    assert left(database) == [0]


def test_a_cancelled_step_that_fails_is_not_tried_again(database: Database) -> None:
    id_ = ask(database)

    def fails(_step: Step) -> Outcome:
        database.run(lambda tx: cancel(tx, id_), actor=CLERK)
        raise KeyError

    runner(database, fails).step()
    assert now(database, id_).state == "cancelled"


def test_a_database_that_is_away_counts_as_no_attempt(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = ask(database)
    a = runner(database, count)
    a.step()

    def away(*_arguments: object, **_options: object) -> None:
        raise AWAY

    with monkeypatch.context() as patched:
        patched.setattr(database, "run", away)
        for _ in range(9):
            with pytest.raises(Unavailable):
                a.step()
    until_idle(a)
    assert (now(database, id_).state, left(database)) == ("succeeded", [0, 1, 2])


def test_an_effect_that_lost_a_lock_is_done_again_whole(database: Database) -> None:
    ask(database, upto=1)
    lost = [True]

    def effect(tx: Transaction) -> None:
        leave(tx, 0)
        if lost:
            lost.pop()
            raise OperationalError("UPDATE", {}, Exception("database is locked"))

    def handler(step: Step) -> Outcome:
        return Done() if step.checkpoint else More(effect=effect, checkpoint={"at": 1})

    until_idle(runner(database, handler))
    assert left(database) == [0]


def test_runners_that_race_do_each_step_once(database: Database) -> None:
    """Four threads, three jobs, leases so short that they take each other's jobs in the middle of a step."""
    ids = [ask(database, upto=12) for _ in range(3)]
    errors: list[BaseException] = []

    def work(me: JobRunner) -> None:
        try:
            while any(not now(database, id_).finished for id_ in ids):
                me.step()
        except BaseException as error:  # noqa: BLE001  told below, in the test's own thread
            errors.append(error)

    runners = [
        runner(database, count, owner=str(n), lease_for=timedelta(0), turn=timedelta(0)) for n in range(4)
    ]
    threads = [threading.Thread(target=work, args=(me,)) for me in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    # Vanished and overtaken are the same to whoever takes over, so a job may have been given up: what counts
    # is that no row came twice and that what was saved agrees with what was done.
    with database.reading() as db:
        saved = list(db.scalars(sa.select(jobs.c.done).order_by(jobs.c.id)))
        rows = list(db.scalars(sa.select(effects.c.row).order_by(effects.c.row)))
    assert rows
    assert rows == sorted(row for done in saved for row in range(done))
