"""A released session on its whole way: scheduling's outbox, the broker, the inbox of events, a school's inbox."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.notifications.app import service as notifications
from services.notifications.inbox.model import Notice
from services.notifications.inbox.queries import inbox_within
from services.scheduling.app import service as scheduling
from shared.contracts.scheduling import SESSIONS
from shared.events.record import Record
from shared.ids import uuid7
from tests.builders import GOLMUD, NOW, House, cancelled, house, released


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


def test_what_was_released_meanwhile_is_read_in_order(two: tuple[House, House]) -> None:
    tells, post = two
    titles = [f"第 {number} 场" for number in range(12)]  # more than partitions: some share one, most do not
    for title in titles:
        tells.clock.move(timedelta(seconds=1))
        event = released(session_id=uuid7(), title=title)
        tells.database.run(lambda tx, event=event: tx.emit(event), actor="account:test")  # type: ignore[misc]
    post.clock.move(timedelta(hours=1))
    relay = tells.runtime.relay()
    for _ in range(3):
        relay.step()

    read_all(post)

    with post.database.reading() as db:
        notices = inbox_within(db, ["all"]).notices
        came = list(db.scalars(sa.select(Notice.title).order_by(Notice.seq)))
    assert [notice.title for notice in notices] == titles[::-1]
    assert [notice.happened_at for notice in notices] == [NOW + timedelta(seconds=12 - n) for n in range(12)]
    assert {notice.told_at for notice in notices} == {NOW + timedelta(hours=1)}
    assert came != titles  # or this shows nothing


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
