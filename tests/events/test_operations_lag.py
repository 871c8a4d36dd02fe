"""How far behind, and letting a stopped consumer go on."""

from datetime import timedelta

import pytest

from shared.errors import Invalid
from shared.events import stops
from shared.events.operations.lag import Behind, Unsent, Waiting, behind, unsent, waiting
from shared.events.operations.resuming import Resumed, open_stops, resume
from shared.events.record import TopicPartition
from shared.text import Sentence
from tests.cli.toys import app as toys
from tests.events.standing import Standing


def lines(toy: Standing) -> list[Behind]:
    return behind(toy.runtime.database, toy.runtime.broker, "toys", ["toys.balls"])


def outbox(toy: Standing) -> Unsent:
    with toy.runtime.database.reading() as db:
        return unsent(db, "toys")


@pytest.mark.parametrize("balls", [1, 3])
def test_what_is_not_read_yet_is_counted(toy: Standing, balls: int) -> None:
    toy.receive()
    for _ in range(balls):
        toy.do(lambda tx: toys.new_ball(tx, how="fast"))
    assert (outbox(toy).rows, outbox(toy).oldest is not None) == (balls, True)
    toy.send()
    assert outbox(toy) == Unsent(service="toys", rows=0, oldest=None, held=0, last_error=None)
    assert sum(line.behind for line in lines(toy)) == balls
    toy.receive()
    assert [(line.behind, line.gone, line.anew) for line in lines(toy)] == [(0, 0, False), (0, 0, False)]


def test_who_has_not_begun_has_no_position(toy: Standing) -> None:
    assert [line.position for line in lines(toy)] == [None, None]


def test_letters_are_counted(toy: Standing) -> None:
    ball = toy.do(lambda tx: toys.new_ball(tx, how=toys.BROKEN))
    toy.do(lambda tx: toys.roll(tx, ball_id=ball, how="behind"))
    toy.flow()
    toy.pass_time(timedelta(seconds=30))
    toy.receive()
    with toy.runtime.database.reading() as db:
        assert waiting(db, "toys") == Waiting(service="toys", parked=1, dead=1)


def lose_unread(toy: Standing) -> int:
    """Delete records that were never read; answers how many."""
    toy.receive()
    toy.consumer.close()
    for _ in range(6):
        toy.do(lambda tx: toys.new_ball(tx, how="lost"))
    toy.send()
    found = lines(toy)
    toy.runtime.broker.delete_records(
        {TopicPartition(line.topic, line.partition): line.end for line in found}
    )
    return sum(line.behind for line in found)


def test_records_that_are_gone_are_said_and_passed_over_only_on_a_word(toy: Standing) -> None:
    lost = lose_unread(toy)
    assert sum(line.gone for line in lines(toy)) == lost
    toy.consumer = toy.runtime.consumer()
    toy.receive()
    with toy.runtime.database.reading() as db:
        known = open_stops(db, "toys")
    assert {stop.place for stop in known} == {
        TopicPartition(line.topic, line.partition) for line in lines(toy) if line.gone
    }
    ended = resume(
        toy.runtime.database,
        toy.runtime.broker,
        "toys",
        ids=None,
        actor="operator:lan",
        reason="said again below",
    )
    assert sum(resumed.skipped for resumed in ended) == lost
    assert sum(line.gone for line in lines(toy)) == 0
    toy.do(lambda tx: toys.new_ball(tx, how="after"))
    toy.pass_time(timedelta(seconds=30))
    toy.flow()
    assert toy.seen() == ["after"]


def test_only_the_stops_that_are_named_end(toy: Standing) -> None:
    everything = Sentence(zh="都失败了。", en="Everything fails.")
    with toy.runtime.database.begin() as db:
        stops.stop(db, "toys", place=None, sentence=everything, now=toy.clock())
        stops.stop(db, "others", place=None, sentence=everything, now=toy.clock())
    with toy.runtime.database.reading() as db:
        (mine,), (theirs,) = open_stops(db, "toys"), open_stops(db, "others")
    arguments = {"actor": "operator:lan", "reason": "mended"}
    assert resume(toy.runtime.database, toy.runtime.broker, "toys", ids=[theirs.id], **arguments) == []
    ended = resume(toy.runtime.database, toy.runtime.broker, "toys", ids=[mine.id], **arguments)
    assert ended == [Resumed(mine, 0)]
    with toy.runtime.database.reading() as db:
        assert (open_stops(db, "toys"), open_stops(db, "others")) == ([], [theirs])


def test_a_stop_ends_with_a_reason_only(toy: Standing) -> None:
    with pytest.raises(Invalid):
        resume(toy.runtime.database, toy.runtime.broker, "toys", ids=None, actor="operator:lan", reason="")
