"""Bad days of a consumer, tried through its loop."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared.events import stops
from shared.events.consumer import Limits
from shared.events.record import TopicPartition
from shared.events.unsent import send_again
from tests.databases import postgres_database
from tests.events.box import Box, envelope, locked, opened, step
from tests.proof.machine.things import ball_id
from tests.proof.toys.contracts import BALLS

LIMITS = Limits(failing_keys=3, probe=timedelta(seconds=5))


@pytest.fixture(params=["sqlite", "postgresql"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Box]:
    if request.param == "sqlite":
        with opened(tmp_path) as one:
            yield one
        return
    server = request.getfixturevalue("postgres_server")
    with postgres_database(server, of="tests.proof.toys") as url, opened(tmp_path, url) as one:
        yield one


@pytest.fixture
def sqlite_box(tmp_path: Path) -> Iterator[Box]:
    with opened(tmp_path) as one:
        yield one


def rolled(box: Box, balls: int, rolls: int = 1) -> None:
    """So many balls are rolled so many times, and all of it lies in the broker."""
    for _ in range(rolls):
        for number in range(balls):
            box.roll(number)
    step(box.relay())
    assert box.unsent() == 0


def open_stops(box: Box) -> int:
    with box.database.reading() as db:
        return len(stops.open_stops(db, "shelf"))


def test_one_failing_key_is_parked_with_its_followers_and_the_others_go_on(box: Box) -> None:
    box.fails = lambda event: event.ball_id == ball_id(1) and event.version == 1
    rolled(box, 3, rolls=2)
    consumer = box.consumer(limits=LIMITS)

    step(consumer)

    assert (box.effects(0), box.effects(1), box.effects(2)) == ([1, 2], [], [1, 2])
    assert box.states() == ["parked", "parked"]
    box.fails = lambda _event: False
    box.pass_time(2)
    step(consumer)
    assert (box.effects(1), box.states(), consumer.trouble) == ([1, 2], [], None)


def test_after_the_last_try_it_is_a_dead_letter_that_holds_its_key(box: Box) -> None:
    box.fails = lambda event: event.ball_id == ball_id(1) and event.version == 1
    rolled(box, 2, rolls=2)
    consumer = box.consumer(limits=LIMITS)
    for _ in range(4):
        step(consumer)
        box.pass_time(5)

    assert box.states() == ["dead", "parked"]
    assert "Broken: no x" in str(box.letters()[0].error)
    assert "Traceback" in str(box.letters()[0].stack)
    assert box.effects(1) == []
    rolled(box, 2)
    step(consumer)
    assert (box.effects(0), box.effects(1)) == ([1, 2, 3], [])


def test_a_consumer_that_fails_on_everything_stops_instead_of_filling_the_dead_letters(box: Box) -> None:
    box.fails = lambda _event: True
    rolled(box, 12, rolls=2)
    consumer = box.consumer(limits=LIMITS)

    for _ in range(20):
        step(consumer)
        box.pass_time(6)

    assert consumer.trouble is not None
    assert "3 different keys" in consumer.trouble.en
    assert "3 个不同对象" in consumer.trouble.zh
    assert len({row.key for row in box.letters()}) == LIMITS.failing_keys - 1
    assert "dead" not in box.states()
    assert open_stops(box) == 1


def test_it_goes_on_by_itself_when_it_works_again(box: Box) -> None:
    box.fails = lambda _event: True
    rolled(box, 12, rolls=2)
    consumer = box.consumer(limits=LIMITS)
    for _ in range(6):
        step(consumer)
        box.pass_time(6)

    box.fails = lambda _event: False
    for _ in range(4):
        step(consumer)
        box.pass_time(6)

    assert [box.effects(number) for number in range(12)] == [[1, 2]] * 12
    assert (consumer.trouble, open_stops(box), box.letters()) == (None, 0, [])


def test_a_restart_does_not_make_it_forget_that_it_is_stopped(box: Box) -> None:
    box.fails = lambda _event: True
    rolled(box, 12)
    for _ in range(4):
        consumer = box.consumer(limits=LIMITS)
        step(consumer)
        consumer.close()
        box.pass_time(6)

    assert len({row.key for row in box.letters()}) == LIMITS.failing_keys - 1
    box.fails = lambda _event: False
    mended = box.consumer(limits=LIMITS)
    for _ in range(3):
        step(mended)
        box.pass_time(6)
    assert ([box.effects(number) for number in range(12)], open_stops(box)) == ([[1]] * 12, 0)


def test_an_operator_ends_the_stop(box: Box) -> None:
    box.fails = lambda _event: True
    rolled(box, 5)
    consumer = box.consumer(limits=LIMITS)
    step(consumer)
    box.fails = lambda _event: False

    box.database.within(lambda db: stops.end_all(db, "shelf", by="operator:1", reason="mended", now=box.now))
    box.pass_time(6)
    step(consumer)

    assert ([box.effects(number) for number in range(5)], consumer.trouble) == ([[1]] * 5, None)


def test_a_poison_record_is_kept_byte_for_byte_and_the_rest_flows_on(box: Box) -> None:
    value, key = b"\x00\xff poison", b"\x00key\xff"
    headers = {"who": b"\xfe\x00", "": b""}
    box.write(key, value, headers)
    box.write(b"broken", b"{", envelope(subject="broken"))
    rolled(box, 2)
    consumer = box.consumer(limits=LIMITS)

    step(consumer)

    kept = {(row.raw_key, row.value) for row in box.letters()}
    assert kept == {(key, value), (b"broken", b"{")}
    assert set(box.states()) == {"dead"}
    assert (box.effects(0), box.effects(1)) == ([1], [1])


def test_an_event_said_again_while_it_waits_waits_once(box: Box) -> None:
    box.fails = lambda event: event.version == 1
    rolled(box, 1, rolls=2)
    consumer = box.consumer(limits=LIMITS)
    step(consumer)

    box.database.within(lambda db: send_again(db, sa.true()))
    step(box.relay())
    step(consumer)

    assert box.states() == ["parked", "parked"]


def test_a_locked_database_pauses_it_and_nothing_is_skipped(sqlite_box: Box) -> None:
    box = sqlite_box
    rolled(box, 3)
    consumer = box.consumer(limits=LIMITS)

    with locked(box):
        step(consumer)
        assert "database does not answer" in str(consumer.trouble)
        step(consumer)

    box.pass_time(2)
    step(consumer)
    assert (box.effects(0), box.effects(1), box.effects(2), consumer.trouble) == ([1], [1], [1], None)
    assert box.letters() == []


def test_a_consumer_may_start_before_its_database_answers(sqlite_box: Box) -> None:
    box = sqlite_box
    rolled(box, 1)

    with locked(box):
        consumer = box.consumer(limits=LIMITS)
        step(consumer)
        assert "database does not answer" in str(consumer.trouble)

    box.pass_time(2)
    step(consumer)
    assert (box.effects(0), consumer.trouble) == ([1], None)


def test_a_full_disk_leaves_nothing_half_written(sqlite_box: Box) -> None:
    box = sqlite_box
    rolled(box, 200)  # more than fits into the pages that are there
    consumer = box.consumer(limits=LIMITS)
    box.database.engine.dispose()

    @sa.event.listens_for(box.database.engine, "connect")
    def _full(connection: object, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
        connection.execute(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

    before = _counts(box)
    step(consumer)
    assert "disk is full" in str(consumer.trouble)
    assert _counts(box) == before

    sa.event.remove(box.database.engine, "connect", _full)
    box.database.engine.dispose()
    box.pass_time(2)
    step(consumer)
    assert ([box.effects(number) for number in range(200)], consumer.trouble) == ([[1]] * 200, None)


def test_records_that_were_deleted_unread_stop_it_and_are_counted(box: Box) -> None:
    consumer = box.consumer(limits=LIMITS)
    rolled(box, 2, rolls=3)
    topic = box.embedded.describe([BALLS.name])[BALLS.name]
    box.embedded.delete_records({TopicPartition(BALLS.name, n): span.end for n, span in topic.spans.items()})

    step(consumer)

    assert consumer.trouble is not None
    assert "were deleted before they were read" in consumer.trouble.en
    assert open_stops(box) == sum(span.end > 0 for span in topic.spans.values())


def test_a_broker_that_is_away_is_said_and_read_on_when_it_is_back(box: Box) -> None:
    consumer = box.consumer(limits=LIMITS)
    rolled(box, 2)
    box.away = True
    step(consumer)
    assert "taken away by the test" in str(consumer.trouble)

    box.away = False
    step(consumer)

    assert (box.effects(0), box.effects(1), consumer.trouble) == ([1], [1], None)


def _counts(box: Box) -> dict[str, int]:
    with box.database.reading() as db:
        return {
            table: db.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608  our own names
            for table in ("effects", "inbox", "ball_copies", "parked")
        }


def test_an_applied_event_that_is_said_again_does_not_queue_behind_a_later_one(box: Box) -> None:
    box.fails = lambda event: event.version == 2
    rolled(box, 1, rolls=2)
    consumer = box.consumer(limits=LIMITS)
    step(consumer)

    box.database.within(lambda db: send_again(db, sa.true()))
    step(box.relay())
    step(consumer)

    assert (box.effects(0), box.states()) == ([1], ["parked"])


def test_the_stop_of_a_log_that_is_gone_too_ends_by_itself(box: Box) -> None:
    consumer = box.consumer(limits=LIMITS)
    rolled(box, 2, rolls=3)
    topic = box.embedded.describe([BALLS.name])[BALLS.name]
    box.embedded.delete_records({TopicPartition(BALLS.name, n): span.end for n, span in topic.spans.items()})
    step(consumer)
    assert open_stops(box) > 0

    box.embedded.delete_topic(BALLS.name)
    box.embedded.apply([BALLS])
    for _ in range(4):
        box.pass_time(20)
        step(box.relay())
        step(consumer)

    assert (box.effects(0), box.effects(1), open_stops(box), consumer.trouble) == (
        [1, 2, 3],
        [1, 2, 3],
        0,
        None,
    )
