"""A school that a session lets go and invites anew: it confirms like the others, whichever of the two comes through first."""

from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa

from services.notifications.announcements.commands import set_rule
from services.notifications.announcements.model import Receipt
from services.notifications.app import service
from shared.contracts.notifications import NotificationsTask
from shared.contracts.scheduling import SessionReleased, SessionRevised
from shared.jobs import JobRunner
from tests.builders import GOLMUD, PARTNER, SESSION, House, released

FIRST = msgspec.structs.replace(released(), host_region="632800")


@pytest.fixture(params=[False, True], ids=["at once", "asking"])
def session(post: House, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> House:
    """Two schools are invited, with and without having to confirm it; two at a time are so many that a job reaches them."""
    if request.param:
        post.database.run(
            lambda tx: set_rule(tx, host_region="632800", days=2, regions=["632800"]), actor="account:chen"
        )
    post.hear(FIRST)
    monkeypatch.setattr("services.notifications.deliveries.commands.queueing.AT_ONCE", 1)
    return post


def revised(*, version: int, added: tuple[UUID, ...] = (), dropped: tuple[UUID, ...] = ()) -> SessionRevised:
    """Whoever is there besides the added schools is not of the story."""
    plain = {name: getattr(FIRST, name) for name in SessionReleased.__struct_fields__}
    same = {name: value for name, value in plain.items() if name in SessionRevised.__struct_fields__}
    return SessionRevised(
        **{**same, "version": version, "session_id": SESSION, "invited_schools": list(added), "changes": []},
        added_schools=added,
        dropped_schools=dropped,
    )


def finish(house: House) -> None:
    runner = JobRunner(house.database, service.jobs, service=service.name, owner="first")
    while runner.step():
        pass


def invitations(house: House) -> set[str]:
    """Of which schools an invitation waits, as the last version of each task has it."""
    newest: dict[UUID, NotificationsTask] = {}
    for event in house.said():
        if isinstance(event, NotificationsTask):
            assert event.task_id not in newest or newest[event.task_id].version < event.version
            newest[event.task_id] = event
    waits = [task for task in newest.values() if task.closed_at is None]
    return {task.audiences[0] for task in waits if "不再邀请" not in task.sentence_zh}


@pytest.mark.parametrize("first", ["let go", "invited anew"])
def test_who_is_invited_anew_is_invited_whatever_comes_through_first(session: House, first: str) -> None:
    session.hear(revised(version=3, dropped=(GOLMUD, PARTNER)))
    if first == "let go":
        finish(session)
    session.hear(revised(version=4, added=(GOLMUD,)))
    finish(session)

    assert invitations(session) == {f"liaison@school:{GOLMUD}"}
    with session.database.reading() as db:
        assert set(db.scalars(sa.select(Receipt.school_id))) <= {GOLMUD}
