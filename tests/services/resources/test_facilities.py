"""Facilities: who sees them, what their owners may say, and how a list of them comes in."""

import io
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.resources.facilities.commands.bringing import Brought, bring_facilities
from services.resources.facilities.model.facility import Terms
from services.resources.facilities.queries import facilities_for, school_names
from shared.contracts.directory import AccountChanged, PersonChanged
from shared.contracts.resources import FacilityChanged
from shared.ids import named
from shared.sheets.export import export
from shared.sheets.workbook import sheets_of
from tests.builders import DELINGHA, GOLMUD, PARTNER, SOMEBODY, House
from tests.services.resources.conftest import ROOM

WANG = named("test", "wang")
LIST = (
    (1, ["集团共享课程与场地设备清单"]),
    (2, ["类别", "名称", "学科/用途", "学段", "提供学校", "共享范围", "许可", "备注"]),
    (3, ["课程", "竹韵校本课程", "综合实践", "小学", "德令哈市第一小学", "全区", "CC BY-NC", None]),
    (4, ["场地", "录播教室", "直播/录课", None, "德令哈市第一小学", "集团", None, None]),
    (5, ["设备", "移动录播车", "送教下乡", None, "格尔木市第一中学", "全州", None, None]),
    (6, ["场地", "戏曲专用教室", "戏曲选修", None, "没有的学校", "集团", None, None]),
)


def bring(house: House) -> Brought:
    return house.database.run(lambda tx: bring_facilities(tx, LIST), actor="operator:import")


def seen(house: House, *scopes: str) -> list[tuple[str, str]]:
    with house.database.reading() as db:
        return [(each.name, each.kind) for each in facilities_for(db, scopes)]


def test_a_list_comes_in_twice_and_what_is_not_understood_is_said(lender: House) -> None:
    first, second = bring(lender), bring(lender)

    assert (first.new, first.known, list(first.problems)) == (2, 0, [6])
    assert (second.new, second.known, list(second.problems)) == (0, 2, [6])
    assert first.problems[6].zh == "名录里没有“没有的学校”，或不止一所。"


def test_each_sees_what_is_lent_to_them_or_theirs(lender: House) -> None:
    bring(lender)
    own, open_ = ("录播教室", "studio"), [("录播室", "studio"), ("演播厅", "studio")]

    assert own in seen(lender, f"school:{DELINGHA}")
    assert own in seen(lender, "region:632800")
    assert seen(lender, f"school:{PARTNER}") == open_
    assert ("移动录播车", "mobile") in seen(lender, f"school:{GOLMUD}")
    assert ("移动录播车", "mobile") in seen(lender, f"school:{DELINGHA}")


def form(**said: str) -> dict[str, str]:
    return {
        "school_id": str(DELINGHA),
        "name": "科学教室",
        "kind": "classroom",
        "capacity": "45",
        "hours_0": "08:00-18:00",
        "approval": "owner",
        "audience": "region",
        **said,
    }


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"hours_1": "18:00-08:00"}, "周二的开放时间“18:00-08:00”看不明白"),
        ({"closed_days": "2025-02-30"}, "没有“2025-02-30”这一天"),
        ({"capacity": "-1"}, "请填 0 到 5000 的整数"),
        ({"school_id": str(PARTNER)}, "请选择你负责的学校"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_and_what_was_typed_stays(
    lender: House, said: dict[str, str], sentence: str
) -> None:
    client = lender.client(f"liaison@school:{DELINGHA}")

    answer = client.post("/resources/facilities", data=form(**said))

    assert answer.status_code in {403, 422}
    assert sentence in answer.text
    assert 'value="科学教室"' in answer.text


def test_an_owner_lends_revises_and_stops_and_a_stale_form_is_412(lender: House) -> None:
    client = lender.client(f"liaison@school:{DELINGHA}")
    page = client.post("/resources/facilities", data=form()).headers["Location"]

    assert client.post(f"{page}/revision", data=form(name="科学实验室", seen="1")).status_code == 303
    late = client.post(f"{page}/revision", data=form(name="别的", seen="1"))
    assert (late.status_code, "科学实验室" in late.text, 'name="seen" value="2"' in late.text) == (
        412,
        True,
        True,
    )
    twice = client.post("/resources/facilities", data=form(name="科学实验室"))
    assert (twice.status_code, "已经有“科学实验室”" in twice.text) == (422, True)
    assert client.post(f"{page}/retirement", data={"reason": "改作他用"}).status_code in {302, 303}

    id_ = UUID(page.rpartition("/")[2])
    states = [
        (each.name, each.retired)
        for each in lender.said()
        if isinstance(each, FacilityChanged) and each.facility_id == id_
    ]
    assert states == [("科学教室", False), ("科学实验室", False), ("科学实验室", True)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_show_a_day_a_week_the_use_and_the_form_keeps_what_was_typed(
    lender: House, language: str
) -> None:
    client = lender.client(f"liaison@school:{GOLMUD}", language=language)
    typed = {
        "facility_id": str(ROOM),
        "school_id": str(GOLMUD),
        "title": "物理录课",
        "day": "2025-06-10",
        "start": "10:00",
        "end": "12:00",
        "people": "30",
    }
    booking = client.post("/resources/bookings", data=typed).headers["Location"]

    again = client.post("/resources/bookings", data={**typed, "title": "同一时间"})
    over = client.post("/resources/bookings", data={**typed, "end": "18:30"})

    assert (again.status_code, over.status_code) == (409, 422)
    assert 'value="同一时间"' in again.text
    assert "day=2025-06-10" in again.text  # the ways out
    assert "德令哈市第一小学 · 演播厅</strong>" in again.text  # whose it is, too
    assert "08:00-18:00" in over.text
    assert 'value="18:30"' in over.text
    for path in (
        "/resources/facilities?on=2025-06-10",
        f"/resources/facilities/{ROOM}?on=2025-06-10",
        booking,
    ):
        assert "物理录课" in client.get(path).text
    assert client.get("/resources/facilities/use").status_code == 200
    terms = client.get(f"/resources/facilities/{ROOM}").text
    assert ("周一至周五 08:00-18:00" if language == "zh" else "Mon–Fri 08:00-18:00") in terms
    for hour, free in ((3, 2), (15, 0)):  # at night nothing is free, for nothing is open
        lender.clock.now = datetime(2025, 6, 9, hour, tzinfo=UTC)
        words = f"现在开放且空闲 {free} 个" if language == "zh" else f"{free} open and free now"
        now = lender.client(f"liaison@school:{GOLMUD}", language=language)
        assert words in now.get("/resources/facilities").text
    teacher = lender.client(f"teacher@school:{GOLMUD}", language=language)
    assert "/bookings/new" not in teacher.get(f"/resources/facilities/{ROOM}").text
    assert lender.client(f"liaison@school:{PARTNER}", language=language).get(booking).status_code == 404


def test_a_facility_with_impossible_hours_is_no_facility() -> None:
    with pytest.raises(Exception, match="cannot be understood"):
        Terms(name="录播室", hours={"0": "8点到18点"}).insist()


def said(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    assert answer.json is not None
    return answer.json


def test_a_program_lends_borrows_and_is_told_what_can_be_had_instead(lender: House) -> None:
    owner, borrower = lender.client(f"liaison@school:{DELINGHA}"), lender.client(f"liaison@school:{GOLMUD}")
    terms = {"name": "微格教室", "kind": "classroom", "hours": {"1": "08:00-18:00"}, "audiences": ["all"]}
    made = owner.post("/resources/api/v1/facilities", json={**terms, "school_id": str(DELINGHA)})
    path = made.headers["Location"]
    stale = owner.put(path, json=terms, headers={"If-Match": '"7"'})
    revised = owner.put(path, json={**terms, "capacity": 30}, headers={"If-Match": made.headers["ETag"]})
    foreign = borrower.put(path, json=terms)
    wrong = owner.post(
        "/resources/api/v1/facilities",
        json={**terms, "school_id": str(DELINGHA), "hours": {"8": "x"}, "audiences": ["region:1"]},
    )
    assert [each.status_code for each in (made, stale, revised, foreign, wrong)] == [201, 412, 200, 404, 422]
    assert {"hours", "audiences"} <= set(said(wrong)["errors"])

    ask = {
        "facility_id": said(revised)["id"],
        "school_id": str(GOLMUD),
        "title": "微课",
        "starts_at": "2025-06-10T10:00:00+08:00",
        "ends_at": "2025-06-10T11:00:00+08:00",
        "people": 20,
    }
    booking = borrower.post("/resources/api/v1/bookings", json=ask)
    again = borrower.post("/resources/api/v1/bookings", json=ask)
    crowd = borrower.post("/resources/api/v1/bookings", json={**ask, "people": 31})
    one = f"/resources/api/v1/bookings/{said(booking)['id']}"
    assert lender.client(f"liaison@school:{PARTNER}").get(one).status_code == 404
    lender.hear(
        PersonChanged(person_id=WANG, version=1, name="王亮", school_id=DELINGHA),
        AccountChanged(
            account_id=SOMEBODY,
            version=1,
            enabled=True,
            signed_out_before=None,
            ended_sessions=(),
            grants=(f"liaison@school:{DELINGHA}", f"liaison@school:{GOLMUD}"),
            person_id=WANG,
        ),
    )
    states = [
        said(owner.post(f"{one}/agreement"))["state"],
        said(owner.post(f"{one}/handover", json={"reason": "钥匙一把", "person": "赵小羊"}))["state"],
        said(owner.post(f"{one}/return", json={"reason": "完好", "person": "钱大鹿"}))["state"],
    ]
    late = borrower.post(f"{one}/withdrawal")

    assert [each.status_code for each in (booking, again, crowd, late)] == [201, 409, 422, 409]
    assert said(again)["offers"]
    assert states == ["confirmed", "handed_over", "returned"]
    assert [(each["what"], each["from"], each["to"]) for each in said(borrower.get(one))["log"][-2:]] == [
        ("handed_over", "王亮", "赵小羊"),
        ("returned", "钱大鹿", "王亮"),
    ]
    assert [each["title"] for each in said(borrower.get("/resources/api/v1/bookings?state=returned"))] == [
        "微课"
    ]


def test_a_list_goes_out_and_comes_in_once_and_only_what_one_answers_for(lender: House) -> None:
    owner, stranger = lender.client(f"liaison@school:{DELINGHA}"), lender.client(f"liaison@school:{GOLMUD}")
    head = ("类别", "名称", "提供学校", "共享范围", "座位", "设备", "开放时间")
    with lender.database.reading() as db:
        name = school_names(db)[DELINGHA]
    sheet = export(
        "资源清单",
        head,
        [
            ("场地", "书法教室", name, "全州", 36, "笔墨、投影", "周一 08:00-12:00；周六 9点"),
            ("课程", "书法课", name, "", None, "", ""),
            ("设备", "直播车", "无此校", "", None, "", ""),
        ],
    )

    path = "/resources/facilities/import"

    def look(client: FlaskClient) -> str:
        return str(client.post(path, data={"workbook": (io.BytesIO(sheet), "清单.xlsx")}).text)

    def fields(page: str) -> dict[str, list[str]]:
        """What the table of a page would send, put right where a school is not known."""
        found: dict[str, list[str]] = {}
        for tag in re.findall(r"<input [^>]*>", page.partition('name="filename"')[2].partition("</form>")[0]):
            [field], [value] = re.findall(r' name="(\w+)"', tag), re.findall(r' value="([^"]*)"', tag)
            found.setdefault(field, []).append(name if value == "无此校" else value)
        return found

    seen = look(owner)
    assert all(each in seen for each in ("其中 1 行会新登记", "名录里没有“无此校”", "还没有保存任何内容"))
    assert "书法课" not in seen
    assert "不由你负责" in look(stranger)
    with lender.database.reading() as db:
        assert len(facilities_for(db, ["all"])) == 2  # nothing is entered by looking
    right = fields(seen)
    assert right["number"] == ["3", "5"]
    assert "确认登记 2 个" in owner.post(path, data={**right, "do": "look"}).text
    wrong = {**right, "school": [name, "无此校"]}
    half = owner.post(path, data={**wrong, "do": "bring"}).text
    assert all(each in half for each in ("新登记 1 个", "名录里没有“无此校”", "直播车"))
    assert "书法教室" not in half
    assert "新登记 1 个" in owner.post(path, data={**right, "do": "bring"}).text
    with lender.database.reading() as db:
        room = next(each for each in facilities_for(db, ["all"]) if each.name == "书法教室")
        assert (room.capacity, list(room.equipment), room.hours) == (
            36,
            ["笔墨", "投影"],
            {"0": "08:00-12:00"},
        )
    assert "已有，不变" in look(owner)
    foreign = stranger.post(path, data={**right, "do": "bring"})
    assert (foreign.status_code, "新登记 0 个" in foreign.text) == (200, True)
    assert owner.post(path, data={"number": ["3", "5"], "name": "x"}).status_code == 422
    broken = owner.post(path, data={"workbook": (io.BytesIO(b"PK"), "坏.xlsx")})
    assert broken.status_code == 422
    went = owner.get("/resources/facilities/export.xlsx")
    [found] = sheets_of(went.data, filename="x.xlsx")
    assert "书法教室" in [cell for _, cells in found.rows for cell in cells]
    booked = owner.get("/resources/bookings/export.xlsx")
    assert booked.status_code == 200


def test_the_search_of_every_page_finds_rooms_within_the_readers_right(lender: House) -> None:
    bring(lender)
    [(name, _), *_] = seen(lender, "region:632800")

    ours, theirs = (
        lender.client(grant).get("/resources/facilities/search", query_string={"q": name}).text
        for grant in ("coordinator@region:632800", "coordinator@region:520502")
    )

    assert name in ours
    assert name not in theirs
    assert (
        "<li>" not in lender.client("coordinator@region:632800").get("/resources/facilities/search?q=").text
    )
