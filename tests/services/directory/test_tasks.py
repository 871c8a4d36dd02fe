"""directory's copy of what waits: the newest state whatever order they come in, and who is shown what."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.directory.tasks.queries import Waits, waiting_for
from shared.auth import Grant
from shared.contracts.scheduling import SchedulingTask
from tests.builders import DELINGHA, GOLMUD, NOW, SOMEBODY, House

TASK = UUID("0197a000-0000-7000-8000-000000000011")


def task(
    *,
    task_id: UUID = TASK,
    version: int = 1,
    audiences: tuple[str, ...] = ("coordinator@region:632800",),
    due: datetime | None = NOW,
    closed: bool = False,
    link: str = "/scheduling/sessions/1",
) -> SchedulingTask:
    return SchedulingTask(
        task_id=task_id,
        version=version,
        audiences=audiences,
        sentence_zh=f"发布活动：第 {version} 稿",
        sentence_en=f"Release a session: draft {version}",
        verb_zh="去发布",
        verb_en="Release it",
        link=link,
        opened_at=NOW,
        due=due,
        closed_at=NOW if closed else None,
    )


def waits(register: House, *grants: str) -> Waits:
    with register.database.reading() as db:
        return waiting_for(db, [Grant.parse(text) for text in grants], account=SOMEBODY, now=NOW)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1, 3, 2), (3, 3)])
def test_the_newest_state_is_kept_in_whatever_order_and_however_often(
    either: House, order: tuple[int, ...]
) -> None:
    for version in order:
        either.hear(task(version=version))

    (row,) = waits(either, "coordinator@region:632800").rows
    assert row.sentence.zh == "发布活动：第 3 稿"


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (2, 1, 2)])
def test_what_is_closed_waits_no_more_even_if_an_older_state_comes_late(
    either: House, order: tuple[int, ...]
) -> None:
    for version in order:
        either.hear(task(version=version, closed=version == 2))

    assert waits(either, "coordinator@region:632800").total == 0
    either.hear(task(version=3))
    assert waits(either, "coordinator@region:632800").total == 1


@pytest.mark.parametrize(
    ("audience", "grant", "shown"),
    [
        ("coordinator@region:632800", "coordinator@region:632800", True),
        ("coordinator@region:632800", "coordinator@region:630000", True),
        ("coordinator@region:632800", "coordinator@all", True),
        ("coordinator@region:632800", "administrator@all", True),
        ("coordinator@region:632800", "coordinator@region:632801", False),
        ("coordinator@region:632800", "coordinator@region:520500", False),
        ("coordinator@region:632800", "auditor@all", False),
        ("coordinator@region:632800", f"liaison@school:{GOLMUD}", False),
        ("coordinator@all", "administrator@all", True),
        ("coordinator@all", "coordinator@region:632800", False),
        (f"liaison@school:{GOLMUD}", f"liaison@school:{GOLMUD}", True),
        (f"liaison@school:{GOLMUD}", f"liaison@school:{DELINGHA}", False),
        (f"liaison@school:{GOLMUD}", f"teacher@school:{GOLMUD}", False),
        (f"liaison@school:{GOLMUD}", "administrator@all", False),
        (f"account:{SOMEBODY}", "teacher@school:" + str(GOLMUD), True),
        (f"account:{TASK}", "administrator@all", False),
        ("nobody knows", "administrator@all", False),
    ],
)
def test_it_waits_for_those_whom_it_is_for(
    either: House,
    audience: str,
    grant: str,
    shown: bool,  # noqa: FBT001  a column of the table above
) -> None:
    either.hear(task(audiences=(audience,)))

    assert waits(either, grant).total == shown


def test_due_first_then_what_has_waited_longest(either: House) -> None:
    later, never = (UUID(int=TASK.int + n) for n in (1, 2))
    either.hear(task(task_id=never, due=None), task(task_id=later, due=NOW + timedelta(days=1)), task())

    assert [row.id for row in waits(either, "administrator@all").rows] == [TASK, later, never]


def test_a_task_for_several_that_are_one_person_is_shown_once(either: House) -> None:
    either.hear(
        task(audiences=("coordinator@region:632800", "coordinator@region:632801", f"account:{SOMEBODY}"))
    )

    assert waits(either, "coordinator@region:632800", "administrator@all").total == 1


def test_a_link_never_leads_elsewhere(either: House) -> None:
    either.hear(task(link="//elsewhere.example/"))

    assert waits(either, "administrator@all").rows[0].link == "/"
