"""Tasks of what was there before there were tasks, and after a restore."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa

from services.notifications.app import service as notifications
from services.notifications.inbox.model import Entry
from services.scheduling.app import service as scheduling
from services.scheduling.sessions.model import Session
from shared.contracts.notifications import NotificationsTask
from shared.contracts.scheduling import SchedulingTask
from shared.contracts.tasks import Task
from shared.db import Transaction
from shared.events.outbox import outbox, unsent
from shared.events.republish import say_first
from shared.ids import named
from tests.builders import DELINGHA, GOLMUD, NOW, House, house, released, three_schools

DRAFT = named("session", "集团治理与管理策略")


@pytest.fixture
def planning(tmp_path: Path) -> Iterator[House]:
    """scheduling with its demonstration: two drafts, and a session that is released."""
    with house(scheduling, tmp_path) as made:
        assert scheduling.demonstrate
        made.database.run(scheduling.demonstrate, actor="service:test")
        yield made


@pytest.fixture
def post(tmp_path: Path) -> Iterator[House]:
    """notifications after one release to two schools."""
    with house(notifications, tmp_path) as made:
        made.hear(*three_schools())
        made.hear(released(invited_schools=(GOLMUD, DELINGHA)))
        yield made


def tasks(made: House) -> list[Task]:
    return [event for event in made.said() if isinstance(event, Task)]


def forget(made: House) -> None:
    """As if the release that wrote the rows knew of no tasks."""

    def work(tx: Transaction) -> None:
        tx.db.execute(sa.delete(unsent))
        tx.db.execute(sa.delete(outbox))

    made.database.run(work, actor="service:test")


def upgrade(made: House) -> int:
    runtime = made.runtime
    said = say_first(runtime.database, runtime.publisher, actor=runtime.service.actor)
    return sum(each.events for each in said if each.topic.endswith(".tasks"))


def test_drafts_of_an_older_release_become_tasks(planning: House) -> None:
    before = {task.task_id: task for task in tasks(planning)}
    forget(planning)

    assert upgrade(planning) == len(before) >= 3
    after = {task.task_id: task for task in tasks(planning)}
    # As of the session's version, which goes on also where nothing that waits is different.
    assert all(after[id_].version >= task.version for id_, task in before.items())
    assert {id_: msgspec.structs.replace(task, version=0) for id_, task in after.items()} == {
        id_: msgspec.structs.replace(task, version=0) for id_, task in before.items()
    }
    assert upgrade(planning) == 0


def test_unread_notices_of_an_older_release_become_tasks(post: House) -> None:
    before = tasks(post)
    assert len(before) == 2
    forget(post)

    assert upgrade(post) == 2
    assert sorted(map(str, tasks(post))) == sorted(map(str, before))


def test_what_was_said_already_is_not_said_again(post: House) -> None:
    assert upgrade(post) == 0
    assert len(tasks(post)) == 2


def adopt(made: House, event: Task) -> None:
    made.database.run(lambda tx: made.runtime.service.adopt[type(event)](tx, event), actor="service:test")


def test_a_restored_draft_counts_on_from_what_was_said_of_it(planning: House) -> None:
    (said,) = [task for task in tasks(planning) if task.link.endswith(str(DRAFT))]

    adopt(planning, msgspec.structs.replace(said, version=9))
    adopt(planning, msgspec.structs.replace(said, version=4))

    with planning.database.reading() as db:
        draft = db.get(Session, DRAFT)
        assert draft is not None
        assert draft.version == 9


def test_a_draft_that_a_restore_has_lost_waits_for_nobody(planning: House) -> None:
    lost = UUID("0197a000-0000-7000-8000-00000000000f")
    (said,) = [task for task in tasks(planning) if task.link.endswith(str(DRAFT))]
    of_the_lost = msgspec.structs.replace(
        said, task_id=named("scheduling.release", str(lost)), link=f"/scheduling/sessions/{lost}", version=3
    )
    assert isinstance(of_the_lost, SchedulingTask)

    adopt(planning, of_the_lost)

    closed = tasks(planning)[-1]
    assert (closed.task_id, closed.closed_at) == (of_the_lost.task_id, NOW)
    assert closed.version > of_the_lost.version
    adopt(planning, closed)
    assert tasks(planning)[-1] == closed


def test_a_restored_inbox_knows_again_what_was_read(post: House) -> None:
    read = NOW + timedelta(hours=1)
    (of_golmud,) = [task for task in tasks(post) if str(GOLMUD) in task.audiences[0]]
    assert isinstance(of_golmud, NotificationsTask)

    adopt(post, of_golmud)
    with post.database.reading() as db:
        assert set(db.scalars(sa.select(Entry.read_at))) == {None}

    adopt(post, msgspec.structs.replace(of_golmud, version=2, closed_at=read))
    with post.database.reading() as db:
        assert dict(db.execute(sa.select(Entry.school_id, Entry.read_at)).all()) == {
            GOLMUD: read,
            DELINGHA: None,
        }
