"""What operators do about events that could not be applied."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from shared.errors import Invalid, NotFound
from shared.events.operations import deciding
from shared.events.operations import letters as reading
from shared.events.operations.choice import Choice
from shared.events.operations.deciding import Plan
from shared.events.operations.letters import Letter
from shared.events.parking import State
from tests.cli.toys import app as toys
from tests.events.standing import Standing

OPERATOR = "operator:lan"


def dead(toy: Standing, *states: State) -> list[Letter]:
    with toy.runtime.database.reading() as db:
        return reading.letters(db, "toys", Choice(), states=states or ("dead",))


def plan(toy: Standing, choice: Choice, *states: State) -> Plan:
    with toy.runtime.database.reading() as db:
        return deciding.plan(db, "toys", choice, states=states or ("dead",))


def dead_with_followers(toy: Standing) -> UUID:
    """A ball whose first event is a dead letter and whose two later ones wait behind it."""
    ball = toy.do(lambda tx: toys.new_ball(tx, how=toys.BROKEN))
    for how in ("second", "third"):
        toy.do(lambda tx, how=how: toys.roll(tx, ball_id=ball, how=how))  # type: ignore[misc]  # bound early
    toy.flow()
    toy.pass_time(timedelta(seconds=30))
    toy.receive()
    return ball


def test_a_dead_letter_says_what_waits_behind_it(toy: Standing) -> None:
    ball = dead_with_followers(toy)
    (letter,) = dead(toy)
    assert (letter.key, letter.state, letter.head, letter.behind, letter.attempts) == (
        str(ball),
        "dead",
        True,
        2,
        2,
    )
    assert letter.error == "ValueError: a ball that rolls broken"
    waiting = dead(toy, "parked")
    assert [(each.head, each.behind, each.attempts) for each in waiting] == [(False, 1, 0), (False, 0, 0)]


def test_it_is_shown_with_the_record_the_trace_and_its_story(toy: Standing) -> None:
    dead_with_followers(toy)
    (letter,) = dead(toy)
    with toy.runtime.database.reading() as db:
        found = reading.show(db, "toys", letter.id)
    assert found.letter == letter
    assert dict(found.headers)["ce_type"] == "toys.ball.rolled.v1"
    assert found.value is not None
    assert '"how":"broken"' in found.value
    assert found.stack is not None
    assert "a ball that rolls broken" in found.stack
    assert (found.applied, found.history) == (False, ())


def test_what_is_not_there_is_not_found(toy: Standing) -> None:
    with toy.runtime.database.reading() as db, pytest.raises(NotFound):
        reading.show(db, "toys", 99)


def test_nothing_is_decided_without_saying_about_what(toy: Standing) -> None:
    with toy.runtime.database.reading() as db, pytest.raises(Invalid):
        deciding.plan(db, "toys", Choice(), states=("dead",))


def test_a_replay_applies_the_event_and_then_its_followers_in_order(toy: Standing) -> None:
    dead_with_followers(toy)
    toys.failing.clear()
    planned = plan(toy, Choice(everything=True))
    assert planned == Plan(ids=planned.ids, behind=2, applied=0, late=0)
    assert deciding.replay(toy.runtime.database, "toys", planned.ids, actor=OPERATOR) == 1
    toy.receive()
    assert toy.seen() == ["broken", "second", "third"]
    assert dead(toy, "dead", "parked", "discarded") == []


def test_a_replay_that_fails_begins_with_the_first_attempt_again(toy: Standing) -> None:
    dead_with_followers(toy)
    planned = plan(toy, Choice(everything=True))
    deciding.replay(toy.runtime.database, "toys", planned.ids, actor=OPERATOR)
    toy.receive()
    assert [letter.attempts for letter in dead(toy, "parked")] == [1, 0, 0]
    assert toy.seen() == []


def test_what_was_applied_already_is_said_and_only_taken_out(toy: Standing) -> None:
    dead_with_followers(toy)
    (letter,) = dead(toy)
    toy.do(
        lambda tx: tx.db.execute(
            sa.text("INSERT INTO inbox VALUES ('toys', :id, :at)"),
            {"id": letter.event_id, "at": "2026-09-01 00:00:00"},
        )
    )
    planned = plan(toy, Choice(ids=(letter.id,)))
    assert (planned.applied, planned.behind) == (1, 2)
    deciding.replay(toy.runtime.database, "toys", planned.ids, actor=OPERATOR)
    toy.receive()
    assert toy.seen() == ["second", "third"]


def test_a_discard_keeps_who_when_and_why_and_frees_the_followers(toy: Standing) -> None:
    dead_with_followers(toy)
    planned = plan(toy, Choice(error_contains="ROLLS BROKEN"))
    assert (
        deciding.discard(toy.runtime.database, "toys", planned.ids, actor=OPERATOR, reason="a test ball") == 1
    )
    toy.receive()
    assert toy.seen() == ["second", "third"]
    (letter,) = dead(toy, "discarded")
    assert (letter.decided_by, letter.decision, letter.decided_at is not None) == (
        OPERATOR,
        "a test ball",
        True,
    )


def test_a_discard_wants_a_reason(toy: Standing) -> None:
    with pytest.raises(Invalid):
        deciding.discard(toy.runtime.database, "toys", [1], actor=OPERATOR, reason=" ")


def test_a_discard_is_taken_back_and_the_whole_story_is_kept(toy: Standing) -> None:
    ball = dead_with_followers(toy)
    ids = plan(toy, Choice(everything=True)).ids
    deciding.discard(toy.runtime.database, "toys", ids, actor=OPERATOR, reason="by mistake")
    assert plan(toy, Choice(everything=True), "discarded") == Plan(ids=ids, behind=2, applied=0, late=0)
    assert (
        deciding.take_back(toy.runtime.database, "toys", ids, actor="operator:wen", reason="it is real") == 1
    )
    toy.do(lambda tx: toys.roll(tx, ball_id=ball, how="fourth"))
    toy.flow()
    assert toy.seen() == []  # the key is held back again
    (letter,) = dead(toy)
    assert (letter.decided_by, letter.behind) == (None, 3)
    with toy.runtime.database.reading() as db:
        history = reading.show(db, "toys", letter.id).history
    assert [(each.verb, each.by, each.reason) for each in history] == [
        ("discarded", OPERATOR, "by mistake"),
        ("taken back", "operator:wen", "it is real"),
    ]


def test_what_changed_meanwhile_is_left_alone(toy: Standing) -> None:
    dead_with_followers(toy)
    ids = plan(toy, Choice(everything=True)).ids
    deciding.discard(toy.runtime.database, "toys", ids, actor=OPERATOR, reason="first")
    assert deciding.replay(toy.runtime.database, "toys", ids, actor=OPERATOR) == 0
    assert [letter.state for letter in dead(toy, "discarded")] == ["discarded"]


@pytest.mark.parametrize(
    ("choice", "matches"),
    [
        (Choice(topic="toys.balls"), 1),
        (Choice(topic="toys.boxes"), 0),
        (Choice(type="toys.ball.rolled.v1"), 1),
        (Choice(type="toys.ball.burst.v1"), 0),
        (Choice(key="nobody"), 0),
        (Choice(error_contains="100%"), 0),
    ],
)
def test_a_filter_means_what_has_every_property(toy: Standing, choice: Choice, matches: int) -> None:
    dead_with_followers(toy)
    assert len(plan(toy, choice).ids) == matches


def test_since_counts_from_when_it_was_parked(toy: Standing) -> None:
    dead_with_followers(toy)
    now = toy.clock()
    assert len(plan(toy, Choice(since=now - timedelta(hours=1))).ids) == 1
    assert len(plan(toy, Choice(since=now + timedelta(hours=1))).ids) == 0


def test_more_than_one_transaction_takes_is_decided_all_the_same(toy: Standing) -> None:
    for _ in range(3):
        dead_with_followers(toy)
    deciding_at_once, deciding._AT_ONCE = deciding._AT_ONCE, 2
    try:
        ids = plan(toy, Choice(everything=True)).ids
        assert deciding.discard(toy.runtime.database, "toys", ids, actor=OPERATOR, reason="all of them") == 3
    finally:
        deciding._AT_ONCE = deciding_at_once
