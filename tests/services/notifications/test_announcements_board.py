"""The board: by which channels a school was told, whom to call there, and what of it is shown and exported."""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from services.notifications.announcements.commands import confirm, draft, send, what_is_due
from services.notifications.announcements.model import Text
from services.notifications.announcements.queries.concerned import contacts_of
from services.notifications.channels.model import Channel
from services.notifications.deliveries.model import Delivery, Letter
from shared.contracts.directory import AccountChanged, PersonChanged
from shared.contracts.notifications import NotificationsTask
from shared.db import Transaction
from shared.ids import named, uuid7
from tests.builders import DELINGHA, GOLMUD, House
from tests.services.notifications.channels_of import add

OWN = ("region:632800",)
HAIXI = "coordinator@region:632800"


def person(name: str, school: UUID, post: str) -> PersonChanged:
    return PersonChanged(
        person_id=named("person", name),
        version=1,
        name=name,
        school_id=school,
        organisation_id=None,
        post=post,
    )


def announced(post: House) -> UUID:
    id_ = uuid7()
    text = Text(
        title="报名通知",
        body="请各校确认。",
        scopes=OWN,
        asks=True,
        confirm_by=post.clock() + timedelta(days=5),
    )

    def work(tx: Transaction) -> None:
        draft(tx, id_=id_, text=text, host_region="632800", scopes=OWN)
        tx.db.flush()
        send(tx, announcement_id=id_, scopes=OWN)

    post.database.run(work, actor="account:chen")
    return id_


def become(post: House, state: str, *, kind: str = "") -> None:
    """What is queued, by all channels or by those of a kind, comes to this."""
    channels = sa.select(Channel.id).where(Channel.kind == kind if kind else sa.true())
    waits = sa.update(Delivery).where(Delivery.state == "queued", Delivery.channel_id.in_(channels))
    post.database.run(lambda tx: bool(tx.db.execute(waits.values(state=state))), actor="service:test")


def states(post: House, id_: UUID) -> dict[str, str]:
    """Of each school on the board its state."""
    rows = post.client(HAIXI).get(f"/notifications/api/v1/announcements/{id_}/board").get_json()
    return {row["school_id"]: row["state"] for row in rows}


def told(post: House) -> UUID:
    """Of two schools Golmud has a liaison and two channels, both of which failed; Delingha has a principal, and answered."""
    add(post)
    add(post, "webhook", "https://hooks.golmud.example/in")
    post.hear(
        person("李慧", GOLMUD, "教务主任"),
        person("王强", GOLMUD, "校长"),
        person("才让", DELINGHA, "校长"),
        person("卓玛", DELINGHA, "副校长"),
        AccountChanged(
            account_id=uuid7(),
            version=1,
            enabled=True,
            grants=(f"liaison@school:{GOLMUD}",),
            school_id=GOLMUD,
            person_id=named("person", "李慧"),
        ),
    )
    id_ = announced(post)
    become(post, "given_up")
    post.database.run(
        lambda tx: confirm(tx, announcement_id=id_, name="才让", schools=[DELINGHA]).id, actor="account:x"
    )
    return id_


def test_channels_and_contacts_of_each_school(post: House) -> None:
    id_ = told(post)

    answer = post.client(HAIXI).get(f"/notifications/api/v1/announcements/{id_}/board")

    said: list[dict[str, Any]] = answer.get_json()
    rows = {row["school_id"]: row for row in said}
    golmud, delingha = rows[str(GOLMUD)], rows[str(DELINGHA)]
    assert (golmud["state"], golmud["contact"]) == ("failed", "李慧")
    assert sorted((way["kind"], way["state"]) for way in golmud["ways"]) == [
        ("email", "given_up"),
        ("webhook", "given_up"),
    ]
    assert (delingha["state"], delingha["contact"], delingha["ways"]) == ("confirmed", "才让", [])


def test_a_filter_holds_for_the_page_and_for_what_is_exported(post: House) -> None:
    path = f"/notifications/announcements/{told(post)}"
    client = post.client(HAIXI)

    def shown(query: str) -> set[str]:
        page, sheet = client.get(f"{path}{query}"), client.get(f"{path}/export.xlsx{query}")
        assert (page.status_code, sheet.status_code) == (200, 200)
        table = page.text[page.text.index('id="board"') :]
        contacts = {name for name in ("李慧", "才让") if name in table}
        rows = list(load_workbook(io.BytesIO(sheet.data)).worksheets[0].iter_rows(values_only=True))
        assert {str(row[8]) for row in rows[2:]} == contacts  # behind the title and the heads
        return contacts

    assert shown("") == {"李慧"}  # who has not confirmed, unless asked otherwise
    assert shown("?state=all") == {"李慧", "才让"}
    assert shown("?state=confirmed") == {"才让"}
    assert shown("?state=unopened") == set()
    assert shown("?state=all&region=632802") == {"才让"}
    assert shown("?state=all&q=德令哈") == {"才让"}
    assert client.get(f"{path}?colour=red").status_code == 422
    assert client.get(f"{path}?state=astray").status_code == 422


def test_only_what_went_last_says_whether_a_school_is_reached(post: House) -> None:
    id_ = told(post)
    assert states(post, id_)[str(GOLMUD)] == "failed"

    post.clock.move(timedelta(days=1))
    again = post.client(HAIXI).post(
        f"/notifications/announcements/{id_}/reminders", data={"which": "all", "list": ""}
    )
    assert again.status_code == 303
    assert states(post, id_)[str(GOLMUD)] == "unopened"  # the reminder is under way

    become(post, "given_up", kind="email")
    become(post, "delivered", kind="webhook")
    assert states(post, id_)[str(GOLMUD)] == "unopened"  # it arrived by one of them
    page = post.client(HAIXI).get(f"/notifications/announcements/{id_}").text
    assert page.count("chip--failed") == 1
    assert "/notifications/deliveries/" in page


def test_those_that_are_ticked_are_reminded_and_no_others(post: House) -> None:
    for school in (GOLMUD, DELINGHA):
        add(post, owner=f"school:{school}")
    id_ = announced(post)
    client, path = post.client(HAIXI), f"/notifications/announcements/{id_}/reminders"

    def reminders() -> list[tuple[UUID | None, int]]:
        with post.database.reading() as db:
            letters = sa.select(Letter.notice_id).where(Letter.subject_zh.startswith("请确认："))
            sent = sa.select(Delivery.school_id, sa.func.count()).where(Delivery.notice_id.in_(letters))
            return [(row[0], row[1]) for row in db.execute(sent.group_by(Delivery.school_id))]

    nothing = client.post(path, data={"which": "these"})
    assert nothing.status_code == 422
    assert "请先勾选" in nothing.text
    ticked = {"which": "these", "id": [str(GOLMUD)], "list": "?region=632801"}
    for _ in range(2):
        answer = client.post(path, data=ticked)
        assert answer.location.endswith(f"/{id_}?reminded=1&region=632801")
    assert reminders() == [(GOLMUD, 1)]

    client.post(path, data={"which": "all", "list": "?region=632802"})
    assert sorted(reminders(), key=str) == sorted([(GOLMUD, 1), (DELINGHA, 1)], key=str)


def test_what_is_refreshed_by_itself_is_all_that_changes(post: House) -> None:
    page = post.client(HAIXI).get(f"/notifications/announcements/{told(post)}").text

    assert 'hx-select-oob="#answers,#remind"' in page
    for part in ("answers", "remind", "board"):
        assert page.count(f'id="{part}"') == 1
    counts = page[page.index('id="answers"') : page.index('id="board"')]
    assert "board__counts" in counts
    assert "board__region" in counts
    assert f'id="pick-{GOLMUD}"' in page
    assert f'id="pick-{DELINGHA}"' not in page  # it has answered


def test_the_coordinators_task_counts_down_as_schools_confirm(post: House) -> None:
    id_ = announced(post)
    post.clock.move(timedelta(days=7))
    post.database.run(what_is_due, actor="service:notifications")

    def missing() -> list[str]:
        tasks = [each for each in post.said() if isinstance(each, NotificationsTask)]
        return [each.sentence_en for each in tasks if each.audiences == (HAIXI,) and each.closed_at is None]

    assert "2 schools have not confirmed" in missing()[-1]
    post.database.run(
        lambda tx: confirm(tx, announcement_id=id_, name="才让", schools=[DELINGHA]).id, actor="account:x"
    )
    assert "1 school has not confirmed" in missing()[-1]


@pytest.mark.parametrize(
    ("title", "leads"),
    [
        ("校长", True),
        ("党委副书记、校长", True),
        ("园长", True),
        ("副校长", False),
        ("校长助理", False),
        ("校长办公室主任", False),
    ],
)
def test_who_leads_a_school_by_the_register(post: House, title: str, *, leads: bool) -> None:
    post.hear(person("王强", GOLMUD, title))

    with post.database.reading() as db:
        assert contacts_of(db, [GOLMUD]) == ({GOLMUD: "王强"} if leads else {})
