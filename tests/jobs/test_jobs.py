"""A job from its request to its end."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import sqlalchemy as sa

from shared.db import Database, Transaction
from shared.errors import NotFound, Refusal, Unavailable
from shared.jobs import (
    Done,
    Job,
    JobHandler,
    JobId,
    JobRunner,
    More,
    Outcome,
    Step,
    enqueue,
    gauges,
    job,
    purge,
)
from shared.jobs import request_cancel as cancel
from shared.jobs.tables import jobs
from shared.observe.metrics import REGISTRY
from shared.observe.traces import current_ids, span
from shared.text import Sentence
from tests.jobs.databases import Clock, leave, left

CLERK = "account:7"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def runner(database: Database, handler: JobHandler, owner: str = "a", **options: timedelta) -> JobRunner:
    return JobRunner(database, {"count": handler}, service="exchange", owner=owner, **options)


def ask(database: Database, upto: int = 3, kind: str = "count") -> JobId:
    with span("request", traceparent=PARENT):
        return database.run(lambda tx: enqueue(tx, kind=kind, arguments={"upto": upto}), actor=CLERK)


def now(database: Database, id_: JobId) -> Job:
    with database.reading() as db:
        return job(db, id_)


def count(step: Step) -> Outcome:
    """Leaves the rows 0, 1, … upto - 1, one a step."""
    at: int = step.checkpoint["at"] if step.checkpoint else 0
    upto: int = step.arguments["upto"]
    if at == upto:
        return Done(result={"rows": at})
    return More(
        effect=lambda tx: leave(tx, at),
        checkpoint={"at": at + 1},
        done=at + 1,
        total=upto,
        sentence=Sentence(zh=f"已完成 {at + 1} 行。", en=f"{at + 1} rows are done."),
    )


def until_idle(runner: JobRunner) -> int:
    steps = 0
    while runner.step():
        steps += 1
    return steps


def test_a_job_goes_step_by_step_to_its_end(database: Database, clock: Clock) -> None:
    id_ = ask(database)
    asked_at = clock.now
    queued = now(database, id_)
    assert (queued.state, queued.done, queued.total, queued.finished) == ("queued", 0, None, False)
    clock.move(5)
    a = runner(database, count)
    assert a.step()
    halfway = now(database, id_)
    assert (halfway.state, halfway.done, halfway.total) == ("running", 1, 3)
    assert halfway.sentence == Sentence(zh="已完成 1 行。", en="1 rows are done.")
    assert until_idle(a) == 3
    assert now(database, id_) == Job(
        id=id_,
        kind="count",
        arguments={"upto": 3},
        requested_by=CLERK,
        state="succeeded",
        due_at=clock.now + timedelta(seconds=60),
        cancel_requested=False,
        done=3,
        total=3,
        sentence=Sentence(zh="已完成 3 行。", en="3 rows are done."),
        result={"rows": 3},
        error=None,
        error_trace=None,
        created_at=asked_at,
        started_at=clock.now,
        finished_at=clock.now,
    )
    assert left(database) == [0, 1, 2]


def test_a_command_that_fails_leaves_no_job(database: Database) -> None:
    def command(tx: Transaction) -> None:
        enqueue(tx, kind="count", arguments={})
        raise Refusal(Sentence(zh="不行。", en="No."))

    with pytest.raises(Refusal):
        database.run(command, actor=CLERK)
    with database.reading() as db:
        assert db.execute(sa.select(jobs)).all() == []


def test_effects_are_done_as_who_asked_and_in_their_trace(database: Database) -> None:
    ask(database, upto=1)
    seen: list[object] = []

    def handler(step: Step) -> Outcome:
        ids = current_ids()
        seen.append((step.requested_by, ids[0] if ids else None))
        return Done(effect=lambda tx: seen.append((tx.actor, (tx.traceparent or "").split("-")[1])))

    runner(database, handler).step()
    assert seen == [(CLERK, "0af7651916cd43dd8448eb211c80319c")] * 2


def test_a_kind_that_nobody_here_knows_waits(database: Database) -> None:
    id_ = ask(database, kind="of-a-later-release")
    assert not runner(database, count).step()
    assert now(database, id_).state == "queued"


def test_a_job_may_wait_for_its_time(database: Database, clock: Clock) -> None:
    later = clock.now + timedelta(hours=1)
    database.run(lambda tx: enqueue(tx, kind="count", arguments={"upto": 0}, not_before=later), actor=CLERK)
    a = runner(database, count)
    assert not a.step()
    clock.move(3600)
    assert a.step()


def test_cancel_before_it_began(database: Database) -> None:
    id_ = ask(database)
    database.run(lambda tx: cancel(tx, id_), actor=CLERK)
    assert not runner(database, count).step()
    assert (now(database, id_).state, left(database)) == ("cancelled", [])


def test_cancel_comes_before_the_next_effect_and_undoes_nothing(database: Database) -> None:
    id_ = ask(database)
    a = runner(database, count)
    a.step()
    database.run(lambda tx: cancel(tx, id_), actor=CLERK)
    assert now(database, id_).cancel_requested
    assert now(database, id_).state == "running"
    assert until_idle(a) == 1
    assert (now(database, id_).state, left(database)) == ("cancelled", [0])


def test_a_long_computation_hears_of_the_cancel(database: Database) -> None:
    id_ = ask(database)

    def computes(step: Step) -> Outcome:
        step.keep()
        database.run(lambda tx: cancel(tx, id_), actor=CLERK)
        step.keep()
        raise AssertionError("not reached")

    a = runner(database, computes)
    assert until_idle(a) == 1
    assert now(database, id_).state == "cancelled"


def test_what_has_ended_cannot_be_cancelled(database: Database) -> None:
    id_ = ask(database, upto=0)
    until_idle(runner(database, count))
    with pytest.raises(Refusal, match="ended already"):
        database.run(lambda tx: cancel(tx, id_), actor=CLERK)
    with pytest.raises(NotFound):
        database.run(lambda tx: cancel(tx, uuid4()), actor=CLERK)


def test_a_failed_step_is_tried_again_later_and_later_and_then_given_up(
    database: Database, clock: Clock
) -> None:
    id_ = ask(database)
    attempts: list[int] = []

    def fails(step: Step) -> Outcome:
        if step.checkpoint is None:
            return count(step)
        attempts.append(step.attempt)
        raise KeyError("postgresql://u:hunter2@db/x")

    a = runner(database, fails)
    assert until_idle(a) == 2
    waits = []
    while (after := now(database, id_)).state == "queued":
        waits.append((after.due_at - clock.now).total_seconds())
        assert not a.step(), "not before its time"
        clock.now = after.due_at
        assert until_idle(a) == 1
    assert (attempts, waits) == ([1, 2, 3, 4, 5], [2, 8, 32, 128])
    assert (after.state, after.done, left(database)) == ("failed", 1, [0])
    assert after.error is not None
    assert "Something went wrong inside" in after.error.en
    assert "KeyError: 'postgresql://u:***@db/x'" in (after.error_trace or "")


def test_a_step_that_succeeds_after_all_clears_the_error(database: Database, clock: Clock) -> None:
    id_ = ask(database, upto=1)

    def fails_once(step: Step) -> Outcome:
        if step.attempt == 1:
            raise Unavailable(Sentence(zh="存储没有响应。", en="The store does not answer."))
        return count(step)

    a = runner(database, fails_once)
    until_idle(a)
    assert now(database, id_).error == Sentence(zh="存储没有响应。", en="The store does not answer.")
    clock.move(2)
    assert a.step()
    clock.move(2)
    until_idle(a)
    clock.move(2)
    until_idle(a)
    done = now(database, id_)
    assert (done.state, done.error, done.error_trace, left(database)) == ("succeeded", None, None, [0])


def test_an_effect_that_is_refused_fails_at_once_with_its_sentence(database: Database) -> None:
    id_ = ask(database)
    no = Sentence(zh="第 3 行的学校不存在。", en="The school in row 3 does not exist.")

    def effect(tx: Transaction) -> None:
        leave(tx, 0)
        raise Refusal(no)

    until_idle(runner(database, lambda _step: Done(effect=effect)))
    failed = now(database, id_)
    assert (failed.state, failed.error, left(database)) == ("failed", no, [])


def test_jobs_take_turns(database: Database, clock: Clock) -> None:
    first, second = ask(database, upto=4), None
    a = runner(database, count, turn=timedelta(seconds=10))
    a.step()
    clock.move(1)
    second = ask(database, upto=1)
    a.step()
    assert now(database, second).state == "queued", "its turn has not come"
    clock.move(10)
    a.step()
    clock.move(1)
    a.step()
    assert (now(database, first).state, now(database, second).done) == ("queued", 1)
    until_idle(a)
    assert {now(database, first).state, now(database, second).state} == {"succeeded"}
    assert left(database) == [0, 0, 1, 2, 3]


def test_old_jobs_are_purged_and_open_ones_are_not(database: Database, clock: Clock) -> None:
    done, open_ = ask(database, upto=0), ask(database, kind="of-a-later-release")
    until_idle(runner(database, count))
    clock.move(3600)
    delete = partial(purge, keep=timedelta(minutes=59))
    assert database.run(delete, actor="service:exchange") == 1
    with pytest.raises(NotFound):
        now(database, done)
    assert now(database, open_).state == "queued"


def test_states_are_gauges(database: Database) -> None:
    ask(database, upto=0)
    until_idle(runner(database, count))
    ask(database, kind="of-a-later-release")
    with database.reading() as db:
        assert {reading.labels: reading.value for reading in gauges(db)} == {
            ("queued",): 1,
            ("running",): 0,
            ("succeeded",): 1,
            ("failed",): 0,
            ("cancelled",): 0,
        }


def test_outcomes_are_counted(database: Database) -> None:
    labels = {"service": "exchange", "kind": "count", "outcome": "saved"}

    def saved() -> float:
        return REGISTRY.get_sample_value("tongxing_job_steps_total", labels) or 0.0

    before = saved()
    ask(database)
    until_idle(runner(database, count))
    assert saved() == before + 3
