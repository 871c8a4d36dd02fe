"""Accepting what a restored database lacks."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from shared.errors import Invalid, NotFound, Refusal
from shared.events.diverged import diverged
from shared.events.operations import diverging
from tests.cli.toys import app as toys
from tests.events.standing import Standing


def diverge(toy: Standing, ball: UUID, *, version: int) -> None:
    """Let the broker know a newer event of the ball than the database."""
    with toy.runtime.database.begin() as db:
        db.execute(
            sa.insert(diverged),
            {
                "event_id": uuid4(),
                "topic": "toys.balls",
                "key": str(ball),
                "version": version,
                "type": "toys.ball.rolled.v1",
                "found_at": toy.clock(),
            },
        )


def test_an_accepted_aggregate_goes_on_after_the_newest_published_version(toy: Standing) -> None:
    ball = toy.do(lambda tx: toys.new_ball(tx, how="restored"))
    for version in (2, 3):
        diverge(toy, ball, version=version)
    with pytest.raises(Refusal):
        toy.do(lambda tx: toys.roll(tx, ball_id=ball, how="refused"))
    given_up = diverging.accept(
        toy.runtime.database,
        "toys",
        package="tests.cli.toys",
        key=str(ball),
        actor="operator:lan",
        reason="looked",
    )
    assert [event.version for event in given_up] == [2, 3]
    toy.do(lambda tx: toys.roll(tx, ball_id=ball, how="goes on"))
    with toy.runtime.database.reading() as db:
        assert diverging.listed(db) == []
        assert db.scalar(sa.select(toys.Ball.version)) == 4


def test_others_stay_listed(toy: Standing) -> None:
    one, other = (toy.do(lambda tx: toys.new_ball(tx, how="restored")) for _ in range(2))
    diverge(toy, one, version=2)
    diverge(toy, other, version=2)
    diverging.accept(
        toy.runtime.database,
        "toys",
        package="tests.cli.toys",
        key=str(one),
        actor="operator:lan",
        reason="looked",
    )
    with toy.runtime.database.reading() as db:
        assert [event.key for event in diverging.listed(db)] == [str(other)]


def test_what_is_not_listed_cannot_be_accepted_nor_without_a_reason(toy: Standing) -> None:
    with pytest.raises(NotFound):
        diverging.accept(
            toy.runtime.database,
            "toys",
            package="tests.cli.toys",
            key="nobody",
            actor="operator:lan",
            reason="looked",
        )
    with pytest.raises(Invalid):
        diverging.accept(
            toy.runtime.database,
            "toys",
            package="tests.cli.toys",
            key="nobody",
            actor="operator:lan",
            reason="",
        )
