"""A notice to so many schools that a job reaches them in pieces: killed and raced, each has it once and waits for what holds."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.notifications.app import service
from services.notifications.deliveries.commands.queueing import AT_ONCE
from services.notifications.deliveries.model import Delivery
from services.notifications.inbox.commands import reach_some
from services.notifications.inbox.model import Entry, Notice
from shared.contracts.notifications import NotificationsTask
from shared.contracts.scheduling import SessionCancelled
from shared.db import Transaction
from shared.ids import named
from shared.jobs import JobRunner
from tests.builders import GOLMUD, SESSION, House, released
from tests.services.notifications.channels_of import add

CROWD = (GOLMUD, *(named("school", str(number)) for number in range(2 * AT_ONCE + 20)))
INVITED = released(invited_schools=CROWD)
OFF = SessionCancelled(
    session_id=SESSION, version=3, title=INVITED.title, reason="沙尘", invited_schools=list(CROWD)
)


def runner(post: House, owner: str = "first") -> JobRunner:
    return JobRunner(post.database, service.jobs, service=service.name, owner=owner)


def finish(post: House, owner: str = "first") -> None:
    one = runner(post, owner)
    while one.step():
        pass


def entries(post: House) -> Counter[tuple[str, UUID]]:
    with post.database.reading() as db:
        rows = sa.select(Notice.kind, Entry.school_id).join(Entry, Entry.notice_seq == Notice.seq)
        return Counter((kind, school_id) for kind, school_id in db.execute(rows))


def open_tasks(post: House) -> Counter[str]:
    """By the beginning of the sentence: whom it waits for now, and whether it was opened twice."""
    newest: dict[UUID, NotificationsTask] = {}
    for event in post.said():
        if isinstance(event, NotificationsTask):
            assert event.task_id not in newest or newest[event.task_id].version < event.version
            newest[event.task_id] = event
    return Counter(task.sentence_zh.partition("：")[0] for task in newest.values() if task.closed_at is None)


def test_many_are_reached_in_pieces_and_each_of_them_once(post: House) -> None:
    add(post)
    post.hear(INVITED, event_id="one")
    assert entries(post) == Counter()

    runner(post).step()
    part = len(entries(post))
    post.hear(INVITED, event_id="one")  # and nobody knows any more that it was heard
    post.clock.move(timedelta(hours=1))  # whoever was at it is gone, and their lease with them
    finish(post, "second")

    assert 0 < part < len(CROWD)
    assert entries(post) == Counter(("session_released", school) for school in CROWD)
    assert open_tasks(post) == {"活动邀请": len(CROWD)}
    with post.database.reading() as db:
        assert db.scalars(sa.select(Delivery.recipient)).all() == [f"school:{GOLMUD}"]


@pytest.mark.parametrize("before", range(4))
def test_nobody_is_left_waiting_for_what_was_called_off_on_its_way(post: House, before: int) -> None:
    post.hear(INVITED)
    begun = runner(post)
    for _ in range(before):
        begun.step()
    begun.close()

    post.hear(OFF)
    finish(post)

    assert set(entries(post).values()) == {1}
    assert len(entries(post)) == 2 * len(CROWD)
    assert open_tasks(post) == {"活动取消": len(CROWD)}


def test_what_is_called_off_while_a_piece_is_being_written_waits_for_it(post: House) -> None:
    post.hear(INVITED)

    def reach(kind: str) -> None:
        with post.database.reading() as db:
            notice_id = db.scalars(sa.select(Notice.id).where(Notice.kind == kind)).one()
        post.database.run(piece(notice_id), actor="service:test")

    def piece(notice_id: UUID) -> Callable[[Transaction], None]:
        return lambda tx: reach_some(tx, notice_id, [f"school:{GOLMUD}"])

    def calls_off() -> None:
        post.hear(OFF)
        reach("session_cancelled")

    off = threading.Thread(target=calls_off)

    def invites(tx: Transaction) -> None:
        piece(tx.db.scalars(sa.select(Notice.id)).one())(tx)
        off.start()
        off.join(1)  # within this second it comes to these entries, and must not pass them by

    post.database.run(invites, actor="service:test")
    off.join(60)

    assert not off.is_alive()
    assert open_tasks(post) == {"活动取消": 1}
