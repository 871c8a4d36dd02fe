from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shared.db import Cause, Transaction
from shared.db.bulk import MANY
from shared.errors import Invalid
from shared.events.outbox import MAX_EVENT_BYTES, outbox, unsent
from tests.databases import postgres_database
from tests.events.box import Box, opened
from tests.proof.machine.things import ball_id
from tests.proof.toys import model
from tests.proof.toys.contracts import Filled, Rolled


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with opened(tmp_path) as one:
        yield one


def test_state_and_event_are_written_together_or_not_at_all(box: Box) -> None:
    box.roll(1)

    def twice_the_same_version(tx: Transaction) -> None:
        ball = tx.load(model.Ball, ball_id(1))
        ball.note = "changed"
        tx.emit(Rolled(ball_id=ball.id, version=ball.version, steps=1))

    with pytest.raises(IntegrityError):
        box.database.run(twice_the_same_version, actor="account:1")

    with box.database.reading() as db:
        assert model.balls(db)[str(ball_id(1))] == (1, 1, "x")
    assert box.unsent() == 1


def test_an_event_over_the_limit_is_refused_before_anything_is_written(box: Box) -> None:
    note = "x" * MAX_EVENT_BYTES

    with pytest.raises(Invalid, match="too large"):
        box.database.run(lambda tx: model.roll(tx, ball_id=ball_id(1), steps=1, note=note), actor="account:1")

    with box.database.reading() as db:
        assert (model.balls(db), box.unsent()) == ({}, 0)


def test_a_reaction_that_is_done_again_says_the_very_same(box: Box) -> None:
    def react() -> None:
        with box.database.begin() as db:
            tx = Transaction(
                db=db,
                now=box.now,
                actor="a:1",
                emitter=box.emitter,
                cause=Cause("event 1", "shelf", box.now),
            )
            for version in (1, 2):
                tx.emit(Filled(shelf_id=ball_id(1), version=version, steps=version))

    react()
    first = _rows(box)

    react()

    assert len(first) == 2
    assert _rows(box) == first


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_of_many_at_once_only_what_is_new_is_left_to_send_in_its_order(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """From `MANY` events on PostgreSQL gets them by another statement."""
    with ExitStack() as stack:
        url = ""
        if database == "postgres":
            url = stack.enter_context(postgres_database(request.getfixturevalue("postgres_server")))
        box = stack.enter_context(opened(tmp_path, url))

        def react(number: int) -> None:
            with box.database.begin() as db:
                cause = Cause("event 1", "shelf", box.now)
                tx = Transaction(db=db, now=box.now, actor="a:1", emitter=box.emitter, cause=cause)
                for version in range(1, number + 1):
                    tx.emit(Filled(shelf_id=ball_id(1), version=version, steps=version))

        react(MANY)
        react(2 * MANY)  # the first half of it is said again

        assert [version for _, version in _rows(box)] == list(range(1, 2 * MANY + 1))
        with box.database.reading() as db:
            left = db.execute(sa.select(unsent.c.seq, unsent.c.shard, unsent.c.size).order_by(unsent.c.seq))
            told = sa.select(outbox.c.seq, outbox.c.shard, sa.func.length(outbox.c.value))
            assert left.all() == db.execute(told.order_by(outbox.c.seq)).all()


def test_the_relay_is_woken_after_a_commit_that_left_something_to_send(box: Box) -> None:
    box.roll(1)
    assert box.rings == 1

    box.database.run(lambda tx: tx.db.execute(sa.text("SELECT 1")), actor="account:1")
    with pytest.raises(ZeroDivisionError):
        box.database.run(_roll_and_fail, actor="account:1")

    assert box.rings == 1


def _roll_and_fail(tx: Transaction) -> None:
    model.roll(tx, ball_id=ball_id(1), steps=1, note="x")
    raise ZeroDivisionError


def _rows(box: Box) -> list[tuple[UUID, int]]:
    with box.database.reading() as db:
        return [(row.id, row.version) for row in db.execute(sa.select(outbox).order_by(outbox.c.seq))]
