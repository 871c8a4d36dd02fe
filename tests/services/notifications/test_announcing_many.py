"""An announcement to so many schools that jobs reach them in pieces: killed, withdrawn and changed on its way."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.notifications.announcements.commands import confirm, draft, edit, send, what_is_due, withdraw
from services.notifications.announcements.model import Announcement, Receipt, Text
from services.notifications.app import service
from services.notifications.deliveries.model import Delivery, Letter
from shared.contracts.directory import AccountChanged, PersonChanged
from shared.contracts.notifications import NotificationsTask
from shared.db import Transaction
from shared.ids import named, uuid7
from shared.jobs import JobRunner
from tests.builders import GOLMUD, House, school
from tests.services.notifications.channels_of import add

R = TypeVar("R")

OWN = ("region:632800",)
CROWD = [named("school", str(number)) for number in range(5)]
TITLE = "关于报名暑期跟岗学习的通知"


@pytest.fixture
def crowd(post: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Seven schools of Haixi, who are reached two at a time."""
    monkeypatch.setattr("services.notifications.deliveries.commands.queueing.AT_ONCE", 2)
    post.hear(
        *(school(school_id=id_, code=f"36328019{n:02}", name=f"第{n}小学") for n, id_ in enumerate(CROWD))
    )
    add(post)
    return post


def do(house: House, work: Callable[[Transaction], R]) -> R:
    return house.database.run(work, actor="account:chen")


def runner(house: House, owner: str = "first") -> JobRunner:
    return JobRunner(house.database, service.jobs, service=service.name, owner=owner)


def steps(house: House, number: int) -> None:
    """So many, by somebody who goes then."""
    begun = runner(house)
    for _ in range(number):
        begun.step()
    begun.close()


def finish(house: House, owner: str = "first") -> None:
    one = runner(house, owner)
    while one.step():
        pass


def saying(house: House, **more: object) -> Text:
    asked = {"title": TITLE, "body": "请确认。", "scopes": OWN, "asks": True}
    until = house.clock() + timedelta(days=5)
    return Text(**{"confirm_by": until, **asked, **more})  # type: ignore[arg-type]


def sent(house: House) -> UUID:
    id_ = uuid7()

    def work(tx: Transaction) -> None:
        draft(tx, id_=id_, text=saying(house), host_region="632800", scopes=OWN)
        tx.db.flush()
        send(tx, announcement_id=id_, scopes=OWN)

    do(house, work)
    return id_


def told(house: House) -> set[UUID]:
    with house.database.reading() as db:
        return set(db.scalars(sa.select(Receipt.school_id)))


def mails(house: House) -> Counter[str]:
    with house.database.reading() as db:
        rows = sa.select(Letter.subject_zh).join(Delivery, Delivery.notice_id == Letter.notice_id)
        return Counter(db.scalars(rows))


def waiting(house: House) -> set[str]:
    """Whom the newest word of each task waits for; each word of a task has a version of its own."""
    newest: dict[UUID, NotificationsTask] = {}
    for event in house.said():
        if isinstance(event, NotificationsTask):
            assert event.task_id not in newest or newest[event.task_id].version < event.version
            newest[event.task_id] = event
    return {audience for task in newest.values() if task.closed_at is None for audience in task.audiences}


def liaisons(*schools: UUID) -> set[str]:
    return {f"liaison@school:{school_id}" for school_id in schools}


def test_whoever_is_killed_on_its_way_is_followed_by_another_and_each_school_has_it_once(
    crowd: House,
) -> None:
    id_ = sent(crowd)
    assert told(crowd) == set()

    killed = runner(crowd)
    killed.step()
    killed.step()
    part = told(crowd)
    crowd.clock.move(timedelta(hours=1))  # whoever was at it is gone, and their lease with them
    finish(crowd, "second")
    killed.step()  # or was not gone at all, but only slow

    assert 0 < len(part) < 7
    assert told(crowd) > part
    assert len(told(crowd)) == 7
    assert waiting(crowd) == liaisons(*told(crowd))
    assert mails(crowd) == {TITLE: 1}
    with crowd.database.reading() as db:
        assert set(db.scalars(sa.select(Receipt.version))) == {db.get_one(Announcement, id_).version * 16 + 1}


@pytest.mark.parametrize("before", range(6))
def test_one_that_is_withdrawn_on_its_way_waits_for_nobody_and_reaches_nobody_else(
    crowd: House, before: int
) -> None:
    id_ = sent(crowd)
    steps(crowd, before)
    heard, mailed = told(crowd), mails(crowd)

    do(crowd, lambda tx: withdraw(tx, announcement_id=id_, reason="文件有误", scopes=OWN).id)
    finish(crowd)

    assert told(crowd) == heard
    assert waiting(crowd) == set()
    assert mails(crowd) == mailed + Counter([f"通知撤回：{TITLE}"] if GOLMUD in heard else [])


@pytest.mark.parametrize("before", range(6))
def test_one_that_is_changed_on_its_way_is_told_as_it_is_now(crowd: House, before: int) -> None:
    id_ = sent(crowd)
    steps(crowd, before)
    with crowd.database.reading() as db:
        seen = db.get_one(Announcement, id_).version
    changed = saying(crowd, body="改为 6 月 7 日。", scopes=("region:632801",))  # no more for Delingha

    do(crowd, lambda tx: edit(tx, announcement_id=id_, text=changed, seen=seen, scopes=OWN).id)
    early = told(crowd)
    finish(crowd)

    assert told(crowd) == early | {GOLMUD, *CROWD}
    assert waiting(crowd) == liaisons(*told(crowd))
    assert mails(crowd)[f"{TITLE}（有改动）"] == 1
    assert mails(crowd)[TITLE] == (GOLMUD in early)


def test_one_that_asks_no_more_waits_for_nobody(crowd: House) -> None:
    id_ = sent(crowd)
    finish(crowd)
    with crowd.database.reading() as db:
        seen = db.get_one(Announcement, id_).version

    text = saying(crowd, asks=False, confirm_by=None)
    do(crowd, lambda tx: edit(tx, announcement_id=id_, text=text, seen=seen, scopes=OWN).id)
    finish(crowd)

    assert len(told(crowd)) == 7
    assert waiting(crowd) == set()


def test_principals_of_many_schools_hear_unless_theirs_has_confirmed_meanwhile(crowd: House) -> None:
    heads = {id_: (named("person", str(id_)), named("account", str(id_))) for id_ in CROWD}
    for id_, (person, account) in heads.items():
        head = PersonChanged(
            person_id=person, version=1, name="赵敏", school_id=id_, organisation_id=None, post="校长"
        )
        crowd.hear(
            head, AccountChanged(account_id=account, version=1, enabled=True, grants=(), person_id=person)
        )
    id_ = sent(crowd)
    finish(crowd)
    crowd.clock.move(timedelta(days=5, hours=12))

    do(crowd, what_is_due)
    steps(crowd, 1)  # of the reminder
    do(crowd, lambda tx: confirm(tx, announcement_id=id_, name="李慧", schools=CROWD[:1]).id)
    finish(crowd)

    pressed = {f"account:{account}" for school_id, (_, account) in heads.items() if school_id != CROWD[0]}
    assert {each for each in waiting(crowd) if each.startswith("account:")} == pressed
