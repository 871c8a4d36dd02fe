import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.db import Transaction
from shared.events import placement, positions
from shared.events.broker import Span
from shared.events.consumer import Consumer
from shared.events.handling import Handling
from shared.events.positions import From, Gone, Position, resume_at
from shared.events.record import TopicPartition
from tests.databases import postgres_database
from tests.events.box import Box, opened, step
from tests.proof.toys.contracts import BALLS, NEW, OWNERS, Renamed

AT = TopicPartition(BALLS.name, 0)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with opened(tmp_path) as one:
        yield one


@pytest.fixture
def real_box(tmp_path: Path, postgres_server: str) -> Iterator[Box]:
    with postgres_database(postgres_server, of="tests.proof.toys") as url, opened(tmp_path, url) as one:
        yield one


@pytest.mark.parametrize(
    ("position", "span", "answer"),
    [
        (None, Span(3, 9), From(3)),
        (Position("this", 5), Span(3, 9), From(5)),
        (Position("this", 9), Span(3, 9), From(9)),
        (Position("this", 3), Span(3, 9), From(3)),
        (Position("this", 10), Span(3, 9), From(3, anew=True)),
        (Position("this", 2), Span(3, 9), Gone(1)),
        (Position("another", 5), Span(0, 9), From(0, anew=True)),
        (Position("another", 5), Span(0, 0), From(0, anew=True)),
        (Position("another", 5), Span(3, 9), Gone(3)),
    ],
)
def test_where_to_go_on(position: Position | None, span: Span, answer: From | Gone) -> None:
    assert resume_at(position, identity="this", span=span) == answer


def test_a_position_that_moves_while_the_broker_is_asked_does_not_look_like_a_new_broker(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old owner of a partition commits its last batch just now: the broker's end is of a moment before."""
    box.consumer()
    describe = box.broker.describe

    def and_somebody_goes_on(topics: list[str]) -> object:
        answer = describe(topics)
        identity = answer[AT.topic].identity
        box.database.within(lambda db: positions.move(db, "shelf", {AT: Position(identity, 7)}))
        return answer

    monkeypatch.setattr(box.broker, "describe", and_somebody_goes_on)

    found = placement.place(box.database, box.broker, "shelf", [AT])  # type: ignore[arg-type]

    assert (found.ready, found.gone) == ({}, set())
    with box.database.reading() as db:
        assert positions.at(db, "shelf", [AT])[AT].offset == 7


def test_a_stale_member_waits_for_the_new_owner_and_then_does_nothing(real_box: Box) -> None:
    """Only the lock of the position keeps it from doing what is being done at this moment."""
    box, done, held, go = real_box, list[int](), threading.Event(), threading.Event()

    def rename(_tx: Transaction, event: Renamed) -> None:  # a whole state: no inbox stands behind the lock
        done.append(event.version)
        held.set()
        assert go.wait(10)

    box.rename(1, "Lan")
    step(box.relay())
    handling = Handling("shelf", {Renamed: rename}, NEW, box.emitter)
    owner, stale = (Consumer(database=box.database, broker=box.embedded, handling=handling) for _ in range(2))
    owner.step(timeout=0)
    stale._membership.placed = dict(owner._membership.placed)
    stretch = box.embedded.read(OWNERS.name, 0, start=0, limit=10)
    threads = [threading.Thread(target=member._take, args=([stretch],)) for member in (owner, stale)]
    threads[0].start()
    assert held.wait(10)

    threads[1].start()
    threads[1].join(0.5)
    go.set()
    for thread in threads:
        thread.join()

    assert done == [1]
