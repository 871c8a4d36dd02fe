"""Items by the list: a bureau's list as it is, twice; many changed at once; sent out and brought in again."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.resources.app import service
from services.resources.facilities.model.facility import Facility
from services.resources.items.model.item import Item, Version
from shared.sheets.export import export
from shared.sheets.workbook import sheets_of
from tests.builders import DELINGHA, GOLMUD, House, house, three_schools

TEACHER, REGION = f"teacher@school:{GOLMUD}", "coordinator@region:632800"
HEAD = ("类别", "名称", "学科/用途", "学段", "提供学校", "共享范围", "许可", "备注")
ROWS = (
    ("课程", "竹韵校本课程", "综合实践", "小学", "德令哈市第一小学", "全区", "CC BY-NC", None),
    ("教案", "同课异构:《草原》", "语文", "小学", "格尔木市第一中学", "全州", "CC BY-SA", None),
    ("录像", "直播课堂:一元二次方程", "数学", "初中", "格尔木市第一中学", "全州", "仅限校内", None),
    ("题库", "七年级卷", "数学", "初中", "德令哈市第一小学", "集团", "仅限校内", None),
    ("场地", "录播室", "直播/录课", None, "德令哈市第一小学", "集团", None, None),
    ("设备", "移动录播车", "送教下乡", None, "德令哈市第一小学", "全州", None, None),
    ("歌曲", "牧歌", None, None, "德令哈市第一小学", "全州", None, None),
    ("课程", "别处的课", None, None, "没有的学校", "全州", None, None),
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        made.hear(*three_schools())
        yield made


def send(place: House, who: str, rows: tuple[tuple[str | None, ...], ...] = ROWS, **said: str) -> str:
    book = io.BytesIO(export("集团共享课程与场地设备清单", HEAD, rows))
    answer = place.client(who).post("/resources/items/import", data={"workbook": (book, "清单.xlsx"), **said})
    assert answer.status_code == 200, answer.text
    return answer.text


def items(place: House) -> dict[str, tuple[str, str, tuple[str, ...], str]]:
    with place.database.reading() as db:
        rows = db.execute(sa.select(Item, Version).join(Version, Version.item_id == Item.id))
        return {i.title: (i.kind, i.state, tuple(i.audiences), v.licence) for i, v in rows}


def test_a_list_comes_in_as_it_is_and_a_second_time_changes_nothing(place: House) -> None:
    page = send(place, REGION, published="1")
    found = items(place)
    assert found == {
        "竹韵校本课程": ("course", "published", ("all",), "CC-BY-NC-4.0"),
        "同课异构:《草原》": ("lesson_plan", "published", ("region:632800",), "CC-BY-SA-4.0"),
        "直播课堂:一元二次方程": ("recording", "published", ("region:632800",), "in-school"),
        "七年级卷": ("questions", "published", (f"school:{DELINGHA}",), "in-school"),
    }
    assert page.count("仅限校内”，共享范围却更宽") == 2
    assert all(each in page for each in ("不认识的类别“歌曲”", "没有的学校", "2 个场地"))
    with place.database.reading() as db:
        assert set(db.scalars(sa.select(Facility.name))) == {"录播室", "移动录播车"}
    again = send(place, REGION, rows=(*ROWS[:1], ("教案", "同课异构：《草原》", *ROWS[1][2:])))
    assert "原来就有、保持不变的 2 件" in again
    assert items(place) == found


def test_a_teacher_brings_in_what_is_of_their_school_as_drafts(place: House) -> None:
    page = send(place, TEACHER, published="1")
    assert {title: said[1] for title, said in items(place).items()} == {
        "同课异构:《草原》": "draft",
        "直播课堂:一元二次方程": "draft",
    }
    assert "由学校联络员或区域管理人员导入" in page
    broken = place.client(TEACHER).post(
        "/resources/items/import", data={"workbook": (io.BytesIO(b"PK no workbook"), "a.xlsx")}
    )
    assert broken.status_code == 422
    assert items(place).keys() == {"同课异构:《草原》", "直播课堂:一元二次方程"}


def test_many_are_changed_at_once_and_those_that_cannot_be_say_why(place: House) -> None:
    send(place, REGION)
    with place.database.reading() as db:
        ids = {item.title: str(item.id) for item in db.scalars(sa.select(Item))}
    coordinator = place.client(REGION)
    path = "/resources/items/selection"
    assert coordinator.post(path, data={"what": "submit"}).status_code == 422
    two = [ids["竹韵校本课程"], ids["七年级卷"]]
    done = coordinator.post(path, data={"id": two, "what": "licence", "licence": "CC-BY-4.0"})
    assert "已修改 2 件" in done.text
    assert (
        "已修改 2 件"
        in coordinator.post(path, data={"id": two, "what": "audience", "audience": "region"}).text
    )
    assert items(place)["七年级卷"] == ("questions", "draft", ("region:632800",), "CC-BY-4.0")
    assert "已修改 1 件" in coordinator.post(path, data={"id": two[:1], "what": "publish"}).text
    mixed = coordinator.post(path, data={"id": two, "what": "subject", "text": "劳动"}).text
    assert "已修改 1 件，1 件没有改" in mixed
    assert "竹韵校本课程" in mixed
    # Of another school's nothing is changed, whatever ids are sent.
    assert "已修改 0 件" in place.client(TEACHER).post(path, data={"id": two, "what": "submit"}).text


def test_the_list_goes_out_as_the_reader_sees_it_and_comes_in_elsewhere(place: House) -> None:
    send(place, REGION, published="1")
    sent = place.client(TEACHER).get("/resources/items/export.xlsx?kind=lesson_plan").data
    [titles, every] = [
        [
            "".join(map(str, cells[1:2]))
            for sheet in sheets_of(data, filename="a.xlsx")
            for _, cells in sheet.rows
        ]
        for data in (sent, place.client(TEACHER).get("/resources/items/export.xlsx").data)
    ]
    assert "同课异构:《草原》" in titles
    assert "竹韵校本课程" not in titles
    assert "竹韵校本课程" in every
    assert "七年级卷" not in every
    assert {"语言", "汉语"} <= {
        str(cell) for sheet in sheets_of(sent, filename="a.xlsx") for _, cells in sheet.rows for cell in cells
    }
