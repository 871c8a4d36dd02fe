from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.events import batch, positions
from shared.events.batch import Applied
from shared.events.positions import Position
from shared.events.record import Stretch, TopicPartition
from tests.events.box import Box, opened, step
from tests.proof.toys.contracts import OWNERS

AT = TopicPartition(OWNERS.name, 0)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """Three states of an owner lie in the log; the reader stands at the first."""
    with opened(tmp_path) as one:
        for name in ("Zhaxi", "Qinghe", "Lan"):
            one.rename(1, name)
        step(one.relay())
        stand(one, 0)
        yield one


def stand(box: Box, offset: int, identity: str = "this") -> None:
    box.database.within(lambda db: positions.move(db, "shelf", {AT: Position(identity, offset)}))


def apply(box: Box, stretch: Stretch) -> tuple[Applied, Position]:
    with box.database.begin() as db:
        done = batch.apply(db, box.handling(), [stretch], placed={AT: Position("this", 0)}, now=box.now)
        return done, positions.at(db, "shelf", [AT])[AT]


def fetched(box: Box, start: int, end: int) -> Stretch:
    return Stretch(AT, start, end, tuple(box.log(OWNERS.name)[start:end]))


def test_a_stretch_is_applied_and_the_position_moves_past_it(box: Box) -> None:
    done, position = apply(box, fetched(box, 0, 2))

    assert (done.outcomes, position) == ({"applied": 2}, Position("this", 2))
    assert done.moved == {AT: position}


def test_what_lies_below_the_position_is_skipped(box: Box) -> None:
    """A member that lost its partition applies only what nobody has applied."""
    stand(box, 2)

    done, position = apply(box, fetched(box, 0, 3))

    assert (done.outcomes, position) == ({"applied": 1}, Position("this", 3))


def test_a_position_never_goes_back(box: Box) -> None:
    stand(box, 3)

    done, position = apply(box, fetched(box, 0, 2))

    assert (done.outcomes, done.moved, position) == ({}, {}, Position("this", 3))


def test_what_lies_beyond_the_position_is_thrown_away_and_read_again(box: Box) -> None:
    """The database was put back under a member that had read on."""
    stand(box, 1)

    done, position = apply(box, fetched(box, 2, 3))

    assert (done.outcomes, done.lagging, position) == ({}, {AT}, Position("this", 1))


def test_what_was_fetched_from_another_log_is_thrown_away(box: Box) -> None:
    stand(box, 0, identity="made anew")

    done, position = apply(box, fetched(box, 0, 3))

    assert (done.outcomes, done.moved, position) == ({}, {}, Position("made anew", 0))


def test_a_stretch_without_records_moves_the_position(box: Box) -> None:
    """Compaction leaves gaps, and a log may end in one."""
    done, position = apply(box, Stretch(AT, 0, 3))

    assert (done.outcomes, position) == ({}, Position("this", 3))
