"""Announcements: told once, confirmed by name, asked again when changed, reminded, and nobody else's business."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from services.notifications.announcements.commands import (
    confirm,
    draft,
    edit,
    remind,
    send,
    what_is_due,
    withdraw,
)
from services.notifications.announcements.model import Announcement, Receipt, Text
from services.notifications.announcements.queries import announcement_tasks, announcement_within, board_of
from services.notifications.deliveries.model import Letter
from shared.contracts.notifications import NotificationsTask
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from shared.ids import uuid7
from tests.builders import DELINGHA, GOLMUD, PARTNER, House

R = TypeVar("R")

OWN = ("region:632800",)
HAIXI, LIAISON = "coordinator@region:632800", f"liaison@school:{GOLMUD}"


def saying(house: House, **more: object) -> Text:
    asked = {
        "title": "关于报名暑期跟岗学习的通知",
        "body": "请各校于 6 月 8 日前确认参加人数。",
        "scopes": OWN,
        "asks": True,
        "confirm_by": house.clock() + timedelta(days=5),
    }
    return Text(**{**asked, **more})  # type: ignore[arg-type]


def do(house: House, work: Callable[[Transaction], R]) -> R:
    return house.database.run(work, actor="account:chen")


def sent(house: House, **more: object) -> UUID:
    id_ = uuid7()

    def work(tx: Transaction) -> None:
        draft(tx, id_=id_, text=saying(house, **more), host_region="632800", scopes=OWN)
        tx.db.flush()
        send(tx, announcement_id=id_, scopes=OWN)

    do(house, work)
    return id_


def states(house: House, id_: UUID) -> dict[str, str]:
    with house.database.reading() as db:
        return {row.name: row.state for row in board_of(db, announcement_within(db, id_, ["all"]))}


def letters(house: House) -> list[str]:
    with house.database.reading() as db:
        return list(db.scalars(sa.select(Letter.subject_zh).order_by(Letter.written_at, Letter.notice_id)))


def confirmed(house: House, id_: UUID, school: UUID, name: str = "李慧") -> None:
    do(house, lambda tx: confirm(tx, announcement_id=id_, name=name, schools=[school]).id)


def waiting(house: House) -> dict[str, bool]:
    tasks = [event for event in house.said() if isinstance(event, NotificationsTask)]
    return {task.audiences[0]: task.closed_at is None for task in tasks}


def test_every_school_of_the_scope_has_it_once_and_has_to_confirm(post: House) -> None:
    id_ = sent(post, scopes=("region:632800", f"school:{GOLMUD}", "region:632801"))

    with post.database.reading() as db:
        told = set(db.scalars(sa.select(Receipt.school_id)))
    assert told == {GOLMUD, DELINGHA}
    assert set(states(post, id_).values()) == {"unopened"}
    assert waiting(post) == {f"liaison@school:{GOLMUD}": True, f"liaison@school:{DELINGHA}": True}
    assert letters(post) == ["关于报名暑期跟岗学习的通知"]
    with pytest.raises(Refusal):
        do(post, lambda tx: send(tx, announcement_id=id_, scopes=OWN).id)


def test_who_confirms_is_named_and_the_task_is_done(post: House) -> None:
    id_ = sent(post)
    with pytest.raises(Invalid):
        confirmed(post, id_, GOLMUD, name="")

    confirmed(post, id_, GOLMUD)
    confirmed(post, id_, GOLMUD, name="王强")  # a colleague, later: the first one stays

    with post.database.reading() as db:
        receipt = db.get_one(Receipt, (id_, GOLMUD))
    assert (receipt.confirmed_name, receipt.edition) == ("李慧", 1)
    assert sorted(states(post, id_).values()) == ["confirmed", "unopened"]
    assert waiting(post)[f"liaison@school:{GOLMUD}"] is False
    with pytest.raises(NotFound):
        confirmed(post, id_, PARTNER)


def test_a_changed_one_asks_again_and_a_stale_edit_is_not_made(post: House) -> None:
    id_ = sent(post)
    confirmed(post, id_, GOLMUD)
    with post.database.reading() as db:
        seen = db.get_one(Announcement, id_).version

    def change(seen: int) -> None:
        text = saying(post, body="时间改为 6 月 7 日。")
        do(post, lambda tx: edit(tx, announcement_id=id_, text=text, seen=seen, scopes=OWN).id)

    change(seen)
    with pytest.raises(Stale):
        change(seen)

    assert set(states(post, id_).values()) == {"unopened"}
    assert waiting(post)[f"liaison@school:{GOLMUD}"] is True
    assert "关于报名暑期跟岗学习的通知（有改动）" in letters(post)


def test_reminders_come_by_themselves_and_once_and_then_the_coordinator_hears(post: House) -> None:
    id_ = sent(post)
    confirmed(post, id_, GOLMUD)

    def after(days: float) -> int:
        post.clock.now += timedelta(days=days)
        do(post, what_is_due)
        return len(letters(post))

    counted = [after(2), after(1.5), after(0), after(2), after(0)]

    assert counted == [
        1,
        2,
        2,
        3,
        3,
    ]  # nothing yet; two days before; again nothing; at the deadline; again nothing
    assert waiting(post).get("coordinator@region:632800") is None
    after(1)
    assert waiting(post)["coordinator@region:632800"] is True
    confirmed(post, id_, DELINGHA)
    assert waiting(post)["coordinator@region:632800"] is False


def test_reminding_by_hand_happens_once_a_day(post: House) -> None:
    id_ = sent(post)

    first, second = (do(post, lambda tx: remind(tx, announcement_id=id_, scopes=OWN)) for _ in range(2))

    assert (first, second, len(letters(post))) == (2, 2, 2)


def test_a_scheduled_one_goes_out_at_its_time(post: House) -> None:
    id_ = uuid7()
    at = post.clock() + timedelta(hours=2)

    def work(tx: Transaction) -> None:
        draft(tx, id_=id_, text=saying(post), host_region="632800", scopes=OWN)
        tx.db.flush()
        send(tx, announcement_id=id_, scopes=OWN, at=at)

    do(post, work)
    do(post, what_is_due)
    assert letters(post) == []
    post.clock.now += timedelta(hours=2)
    do(post, what_is_due)
    do(post, what_is_due)

    assert letters(post) == ["关于报名暑期跟岗学习的通知"]


def test_withdrawing_ends_the_asking(post: House) -> None:
    id_ = sent(post)

    do(post, lambda tx: withdraw(tx, announcement_id=id_, reason="文件有误", scopes=OWN).id)

    assert set(waiting(post).values()) == {False}
    assert "通知撤回：关于报名暑期跟岗学习的通知" in letters(post)
    with pytest.raises(Refusal):
        confirmed(post, id_, GOLMUD)


def test_nobody_tells_schools_that_are_not_theirs(post: House) -> None:
    def beyond(tx: Transaction) -> None:
        text = saying(post, scopes=("region:632800", f"school:{PARTNER}"))
        draft(tx, id_=uuid7(), text=text, host_region="632800", scopes=OWN)

    with pytest.raises(Forbidden):
        do(post, beyond)


def test_the_pages_from_the_form_to_the_board(post: House) -> None:
    client, school = post.client(HAIXI), post.client(LIAISON)
    until = (post.clock() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    typed = {
        "title": "报名通知",
        "body": "第一行\n第二行",
        "scopes": ["region:632801"],
        "asks": "true",
        "confirm_by": until,
    }
    wrong = client.post("/notifications/announcements", data={**typed, "confirm_by": ""})
    assert wrong.status_code == 422
    assert "报名通知" in wrong.text
    made = client.post(
        "/notifications/announcements",
        data={**typed, "file": (io.BytesIO(b"<script>alert(1)</script>"), "../../报名表.html")},
        content_type="multipart/form-data",
    )
    path = made.headers["Location"]
    preview = client.get(path).text
    assert "会发给 1 所学校" in preview
    assert school.get(path).status_code == 404
    assert client.post(f"{path}/sending").status_code == 303

    letter = school.get(path).text
    assert "代表学校确认" in letter
    link = letter[letter.index(f"{path}/files/") :].split('"')[0]
    file = school.get(link)
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert ".." not in file.headers["Content-Disposition"]
    assert "需要确认" in school.get("/notifications/").text
    assert post.client(f"liaison@school:{DELINGHA}").get(path).status_code == 404

    assert "已读未答" in client.get(path).text
    nameless = school.post(f"{path}/confirmation", data={"name": " "})
    assert nameless.status_code == 422
    assert school.post(f"{path}/confirmation", data={"name": "李慧"}).status_code == 303
    board = client.get(path).text
    assert "全部确认" in board
    assert "李慧" in client.get(f"{path}?state=confirmed").text
    sheet = load_workbook(io.BytesIO(client.get(f"{path}/export.xlsx").data)).worksheets[0]
    assert any("李慧" in [str(cell) for cell in row] for row in sheet.iter_rows(values_only=True))
    assert post.client("coordinator@region:520502").get(path).status_code == 404


def test_after_a_restore_the_same_tasks_are_said_again(post: House) -> None:
    id_ = sent(post)
    confirmed(post, id_, GOLMUD)
    post.clock.now += timedelta(days=7)
    do(post, what_is_due)

    with post.database.reading() as db:
        again = {task.audiences[0]: (task.version, task.closed_at is None) for task in announcement_tasks(db)}

    said = [event for event in post.said() if isinstance(event, NotificationsTask)]
    assert again == {task.audiences[0]: (task.version, task.closed_at is None) for task in said}
