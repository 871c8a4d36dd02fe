"""Sessions that ask: each invited school confirms by name, a change asks again, and nobody is asked for what is off."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa
from flask.testing import FlaskClient

from services.notifications.announcements.commands import confirm, set_rule, what_is_due
from services.notifications.announcements.model import Announcement
from services.notifications.announcements.queries import announcement_tasks, announcement_within, board_of
from services.notifications.deliveries.model import Letter
from shared.contracts.directory import AccountChanged, PersonChanged
from shared.contracts.notifications import NotificationsTask
from shared.contracts.scheduling import Change, SessionReleased, SessionRevised
from shared.db import Transaction
from shared.ids import named
from tests.builders import DELINGHA, GOLMUD, PARTNER, SESSION, SOMEBODY, House, cancelled, released

R = TypeVar("R")

PAGE = named("notifications.session", str(SESSION))
LIAISON = f"liaison@school:{GOLMUD}"
OF_SESSION = f"/notifications/announcements/of-session/{SESSION}"


def do(house: House, work: Callable[[Transaction], R]) -> R:
    return house.database.run(work, actor="account:chen")


def asking(house: House, days: int = 2) -> None:
    do(house, lambda tx: set_rule(tx, host_region="632800", days=days, regions=["632800"]))


def invitation() -> SessionReleased:
    return msgspec.structs.replace(released(), host_region="632800")


def revised(*schools: UUID, added: tuple[UUID, ...] = (), dropped: tuple[UUID, ...] = ()) -> SessionRevised:
    first = invitation()
    return SessionRevised(
        session_id=SESSION,
        version=3,
        title=first.title,
        kind=first.kind,
        starts_at=first.starts_at + timedelta(hours=1),
        ends_at=first.ends_at + timedelta(hours=1),
        place=first.place,
        occurrences=(),
        link="",
        changes=[Change(what="times", was="", now="")],
        invited_schools=list(schools),
        added_schools=added,
        dropped_schools=dropped,
        host_region="632800",
    )


def open_tasks(house: House) -> dict[str, str]:
    """By audience where each task that waits leads, by the newest word of each."""
    tasks = {event.task_id: event for event in house.said() if isinstance(event, NotificationsTask)}
    return {task.audiences[0]: task.link for task in tasks.values() if task.closed_at is None}


def board(house: House) -> dict[UUID, tuple[str, str]]:
    with house.database.reading() as db:
        rows = board_of(db, announcement_within(db, PAGE, ["all"]))
    return {row.school_id: (row.state, row.confirmed_name) for row in rows}


def test_where_no_rule_asks_nobody_has_to_confirm(post: House) -> None:
    post.hear(invitation())
    with post.database.reading() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Announcement)) == 0
    assert f"/notifications/announcements/{PAGE}" not in open_tasks(post).values()
    assert post.client(LIAISON).get(OF_SESSION).headers["Location"] == "/notifications/"


def test_each_school_confirms_by_name_and_the_host_sees_who_has_not(post: House) -> None:
    asking(post)
    for _ in range(2):
        post.hear(invitation(), event_id="released")

    link = f"/notifications/announcements/{PAGE}"
    assert open_tasks(post) == {LIAISON: link, f"liaison@school:{PARTNER}": link}
    school = post.client(LIAISON)
    assert link in school.get("/notifications/").text
    assert "代表学校确认" in school.get(link).text
    school.post(f"{link}/confirmation", data={"name": "李慧"})

    assert board(post) == {GOLMUD: ("confirmed", "李慧"), PARTNER: ("unopened", "")}
    assert open_tasks(post) == {f"liaison@school:{PARTNER}": link}
    assert "未读" not in school.get("/notifications/").text.partition('id="notices"')[2]
    host = post.client("coordinator@region:632800")
    assert "提醒未确认的 1 所" in host.get(link).text
    assert host.get(f"{link}/edit").status_code == 409
    assert host.get(OF_SESSION).headers["Location"] == link
    with post.database.reading() as db:
        assert len(list(db.scalars(sa.select(Letter.notice_id)))) == 1
        assert {task.audiences[0] for task in announcement_tasks(db) if not task.closed_at} == {
            f"liaison@school:{PARTNER}"
        }


def test_the_same_as_json(post: House) -> None:
    asking(post)
    post.hear(invitation())
    api = "/notifications/api/v1/announcements"
    assert post.client(LIAISON).post(f"{api}/{PAGE}/confirmation", json={"name": "李慧"}).status_code == 204

    host = post.client("coordinator@region:632800")
    assert [(each["told"], each["confirmed"]) for each in host.get(api).json or []] == [(2, 1)]
    assert {each["confirmed_name"] for each in host.get(f"{api}/{PAGE}/board").json or []} == {"李慧", ""}
    draft = {"host_region": "632800", "title": "通知", "body": "请看。", "scopes": [f"school:{GOLMUD}"]}
    made = host.post(api, json=draft).json or {}
    assert host.post(f"{api}/{made['id']}/sending", json={}).status_code == 204
    other = post.client("coordinator@region:520502")
    assert other.post(api, json=draft).status_code == 403
    assert other.post(api, json={**draft, "scopes": [f"school:{PARTNER}"]}).status_code == 403


def test_a_change_asks_again_and_who_is_dropped_is_asked_no_more(post: House) -> None:
    asking(post)
    post.hear(invitation())
    do(post, lambda tx: confirm(tx, announcement_id=PAGE, name="李慧", schools=[GOLMUD]).id)

    post.hear(revised(GOLMUD, DELINGHA, added=(DELINGHA,), dropped=(PARTNER,)))

    assert board(post) == {GOLMUD: ("unopened", ""), DELINGHA: ("unopened", "")}
    assert [each for each, link in open_tasks(post).items() if link.endswith(str(PAGE))] == [
        LIAISON,
        f"liaison@school:{DELINGHA}",
    ]
    post.hear(
        cancelled(invited_schools=(GOLMUD, DELINGHA)).__class__(
            session_id=SESSION,
            version=4,
            title="",
            reason="主讲人临时有事",
            invited_schools=[GOLMUD, DELINGHA],
        )
    )
    assert not [link for link in open_tasks(post).values() if link.endswith(str(PAGE))]


def test_after_the_reminders_the_principal_hears_and_then_the_coordinator(post: House) -> None:
    asking(post)
    principal = named("test", "principal")
    post.hear(
        PersonChanged(
            person_id=principal, version=1, name="赵敏", school_id=PARTNER, organisation_id=None, post="校长"
        ),
        AccountChanged(
            account_id=named("test", "account"),
            version=1,
            enabled=True,
            signed_out_before=None,
            ended_sessions=(),
            grants=(),
            person_id=principal,
        ),
        invitation(),
    )
    until = datetime(2025, 6, 8, 0, 30, tzinfo=UTC)
    heard = []
    for at in (timedelta(days=-2), timedelta(0), timedelta(hours=12), timedelta(days=1)):
        post.clock.now = until + at
        for _ in range(2):
            do(post, what_is_due)
        tasks = [event for event in post.said() if isinstance(event, NotificationsTask)]
        heard.append({each for task in tasks for each in task.audiences if not each.startswith("liaison")})
    account = f"account:{named('test', 'account')}"
    assert heard == [set(), set(), {account}, {account, "coordinator@region:632800"}]
    assert (
        "已升级到校长"
        in post.client("coordinator@region:632800").get(f"/notifications/announcements/{PAGE}").text
    )


def test_the_principal_by_the_register_confirms_and_no_other_teacher_of_the_school(post: House) -> None:
    asking(post)
    person, page = named("test", "principal"), f"/notifications/announcements/{PAGE}"
    teacher = f"teacher@school:{PARTNER}"
    account = AccountChanged(
        account_id=SOMEBODY, version=1, enabled=True, grants=(teacher,), person_id=person, school_id=PARTNER
    )

    def works_as(post_: str, version: int) -> FlaskClient:
        said = PersonChanged(
            person_id=person,
            version=version,
            name="赵敏",
            school_id=PARTNER,
            organisation_id=None,
            post=post_,
        )
        post.hear(said)
        return post.client(teacher)

    post.hear(account, invitation())
    for version, other in enumerate(("教师", "副校长"), start=1):
        client = works_as(other, version)
        answers = [client.get(page), client.post(f"{page}/confirmation", data={"name": "赵敏"})]
        assert [answer.status_code for answer in answers] == [404, 404]

    client = works_as("校长", 3)
    assert client.get(page).status_code == 200
    assert client.post(f"{page}/confirmation", data={"name": "赵敏"}).status_code == 303
    assert "赵敏" in client.get(page).text
    waiting = [link for link in open_tasks(post).values() if link.endswith(str(PAGE))]
    assert len(waiting) == 1  # for the other school
