"""A released session on its whole way: scheduling's outbox, the broker, the inbox of events, a school's inbox."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.notifications.app import service as notifications
from services.notifications.inbox.queries import inbox_within
from services.scheduling.app import service as scheduling
from shared.contracts.scheduling import SESSIONS
from shared.events.record import Record
from tests.builders import GOLMUD, House, cancelled, house, released


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[House, House]]:
    """scheduling and notifications, with a database each and one broker between them."""
    with ExitStack() as stack:
        tells, post = (stack.enter_context(house(each, tmp_path)) for each in (scheduling, notifications))
        tells.runtime.broker.apply(post.runtime.topics_read.values())
        yield tells, post


def read_all(post: House) -> None:
    consumer = post.runtime.consumer()
    for _ in range(6):
        consumer.step(timeout=0)
    consumer.close()


def told(post: House) -> list[tuple[str, int]]:
    with post.database.reading() as db:
        notices = inbox_within(db, ["all"]).notices
    return [(notice.kind, len(notice.schools)) for notice in notices]


def test_a_session_is_told_of_once_however_often_its_records_come(two: tuple[House, House]) -> None:
    tells, post = two
    tells.database.run(lambda tx: tx.emit(released()), actor="account:test")
    tells.database.run(lambda tx: tx.emit(cancelled()), actor="account:test")
    relay = tells.runtime.relay()
    for _ in range(3):
        relay.step()

    read_all(post)
    assert told(post) == [("session_cancelled", 2), ("session_released", 2)]

    _send_all_again(tells)
    read_all(post)
    assert told(post) == [("session_cancelled", 2), ("session_released", 2)]
    assert "主讲人临时有事" in post.client(f"liaison@school:{GOLMUD}").get("/notifications/").text


def _send_all_again(tells: House) -> None:
    """As a relay does that was killed between sending and noting it."""
    broker = tells.runtime.broker
    stretches = [broker.read(SESSIONS.name, n, start=0, limit=100) for n in range(SESSIONS.partitions)]
    again = [
        Record(topic=one.topic, key=one.key or b"", value=one.value or b"", headers=one.headers)
        for stretch in stretches
        for one in stretch.records
    ]
    assert len(again) == 2
    broker.publish(again)
