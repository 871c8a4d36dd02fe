"""Several schools develop an item; another region asks for access and gets it; links end. Through the pages."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.resources.access.model import AccessRequest, ShareLink
from services.resources.app import service
from services.resources.developing.queries import part_tasks
from services.resources.items.model.item import Item
from shared.contracts.resources import AccessAnswered, ResourcesTask
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, house, three_schools

MINE, PARTNERS = f"teacher@school:{GOLMUD}", f"teacher@school:{DELINGHA}"
ABROAD, REGION = f"teacher@school:{PARTNER}", "coordinator@region:632800"
FORM = {"title": "圆的面积", "kind": "course", "school_id": str(GOLMUD), "audience": "region"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        made.hear(*three_schools())
        yield made


@pytest.fixture
def at(place: House) -> str:
    answer = place.client(MINE).post("/resources/items", data=FORM)
    return str(answer.headers["Location"])


def tasks(place: House) -> list[bool]:
    """Of the tasks that were told, in order, whether they wait."""
    return [event.closed_at is None for event in place.said() if isinstance(event, ResourcesTask)]


def test_a_school_that_is_asked_works_on_the_draft_until_it_is_released(place: House, at: str) -> None:
    mine, partner = place.client(MINE), place.client(PARTNERS)
    assert partner.get(at).status_code == 404
    unknown = mine.post(f"{at}/development/schools", data={"school": "没有的学校", "role": "writes"})
    assert (unknown.status_code, "名录里没有" in unknown.text) == (422, True)
    asked = {"school": "德令哈市第一小学", "role": "tries", "task": "试用两课时"}
    assert partner.post(f"{at}/development/schools", data=asked).status_code == 404
    assert mine.post(f"{at}/development/schools", data=asked).status_code == 303

    assert "试用两课时" in partner.get("/resources/").text  # it waits for them
    assert tasks(place) == [True]
    assert "2 所学校共同建设中" in partner.get(at).text
    assert partner.post(f"{at}/development/remarks", data={"text": "第二课时太满"}).status_code == 303
    assert partner.post(f"{at}/development/remarks", data={"text": " "}).status_code == 422
    assert partner.post(f"{at}/development/schools/{DELINGHA}/completion").status_code == 303
    assert "试用两课时" not in partner.get("/resources/").text
    assert tasks(place) == [True, False]
    page = mine.get(f"{at}/development").text
    assert all(each in page for each in ("试用两课时", "第二课时太满", "已完成", "德令哈市第一小学"))

    assert mine.post(f"{at}/development/schools/{GOLMUD}/release").status_code == 409
    assert mine.post(f"{at}/development/schools/{DELINGHA}/release").status_code == 303
    assert partner.get(at).status_code == 404


def test_what_waits_for_a_school_is_over_when_it_is_asked_otherwise_released_or_the_item_retired(
    place: House, at: str
) -> None:
    mine, region = place.client(MINE), place.client(REGION)

    def asked(task: str) -> None:
        place.clock.move(timedelta(minutes=1))
        said = {"school": "德令哈市第一小学", "role": "writes", "task": task}
        assert mine.post(f"{at}/development/schools", data=said).status_code == 303

    asked("第一单元")
    asked("第二单元")
    assert tasks(place) == [True, False, True]
    assert mine.post(f"{at}/development/schools/{DELINGHA}/release").status_code == 303
    assert tasks(place) == [True, False, True, False]
    asked("第三单元")
    assert region.post(f"{at}/publication").status_code == 303
    assert region.post(f"{at}/retirement", data={"reason": "过时"}).status_code == 303

    mine_alone = [
        event for event in place.said() if isinstance(event, ResourcesTask) and "单元" in event.sentence_zh
    ]
    assert [event.closed_at is None for event in mine_alone][-2:] == [True, False]
    with place.database.reading() as db:
        again = {event.task_id: (event.version, event.closed_at) for event in part_tasks(db)}
    assert again == {event.task_id: (event.version, event.closed_at) for event in mine_alone[-1:]}


def test_what_others_wrote_meanwhile_is_shown_and_nothing_is_published_unread(place: House, at: str) -> None:
    mine, region = place.client(MINE), place.client(REGION)
    [seen] = re.findall(r'name="seen" value="(\d+)"', mine.get(f"{at}/revision").text)
    told = {**FORM, "summary": "用绳子量", "language": "bo", "seen": seen}
    assert region.post(f"{at}/revision", data=told).status_code == 303
    late = mine.post(f"{at}/revision", data={**FORM, "summary": "用硬币滚", "seen": seen})
    assert (late.status_code, "用绳子量" in late.text, "藏语" in late.text) == (412, True, True)
    assert "用硬币滚" in late.text  # what was typed, to be sent again
    [now] = re.findall(r'name="seen" value="(\d+)"', late.text)
    assert mine.post(f"{at}/revision", data={**FORM, "summary": "用硬币滚", "seen": now}).status_code == 303

    assert mine.post(f"{at}/submission").status_code == 303
    for reason in ("", " "):
        refused = region.post(f"{at}/return", data={"reason": reason})
        assert (
            refused.status_code,
            "请写明要改什么" in refused.text,
            "<h1>圆的面积</h1>" in refused.text,
        ) == (
            422,
            True,
            True,
        )
    unread = region.post(f"{at}/publication", data={"seen": seen})
    assert (unread.status_code, "已有变动" in unread.text, "待审核" in unread.text) == (412, True, True)
    [read] = re.findall(r'name="seen" value="(\d+)"', unread.text)
    assert region.post(f"{at}/publication", data={"seen": read}).status_code == 303


def test_a_teacher_of_another_region_asks_is_refused_asks_again_and_gets_it(place: House, at: str) -> None:
    abroad, mine = place.client(ABROAD), place.client(MINE)
    assert abroad.post(f"{at}/access", data={"reason": "想用"}).status_code == 404  # nothing is published yet
    place.client(REGION).post(f"{at}/publication")
    assert abroad.get(at).status_code == 404
    asking = abroad.get(f"{at}/access").text
    assert "申请查看" in asking
    assert "圆的面积" not in asking
    assert abroad.post(f"{at}/access", data={"reason": ""}).status_code == 422
    assert abroad.post(f"{at}/access", data={"reason": "六年级要用"}).status_code == 303
    assert abroad.post(f"{at}/access", data={"reason": "再问"}).status_code == 409
    assert mine.post(f"{at}/access", data={"reason": "x"}).status_code == 409

    def request() -> AccessRequest:
        with place.database.reading() as db:
            return db.scalars(sa.select(AccessRequest).order_by(AccessRequest.asked_at.desc())).first()  # type: ignore[return-value]

    assert "六年级要用" in mine.get(f"{at}/access").text
    one = f"{at}/access/{request().id}"
    assert place.client(PARTNERS).post(f"{one}/grant").status_code == 404
    assert mine.post(f"{one}/refusal", data={"answer": ""}).status_code == 422
    assert mine.post(f"{one}/refusal", data={"answer": "还在修改"}).status_code == 303
    assert "还在修改" in abroad.get(f"{at}/access").text
    place.clock.move(timedelta(minutes=1))
    abroad, mine = place.client(ABROAD), place.client(MINE)
    assert abroad.post(f"{at}/access", data={"reason": "六年级要用"}).status_code == 303
    assert mine.get(f"/resources/access/{request().id}").headers["Location"].endswith(f"{at}/access")
    assert mine.post(f"{at}/access/{request().id}/grant").status_code == 303
    assert mine.post(f"{at}/access/{request().id}/grant").status_code == 409
    assert abroad.get(at).status_code == 200
    assert "七星关区第一中学" in mine.get(at).text
    assert tasks(place) == [True, False, True, False]
    told = [event for event in place.said() if isinstance(event, AccessAnswered)]
    assert [(each.answer, each.reason, each.school_id, each.title) for each in told] == [
        ("declined", "还在修改", PARTNER, "圆的面积"),
        ("granted", "", PARTNER, "圆的面积"),
    ]
    with place.database.reading() as db:
        item = db.get_one(Item, UUID(at.rpartition("/")[2]))
        assert item.audiences == ["region:632800", f"school:{PARTNER}"]


def test_a_link_leads_whoever_has_it_to_the_item_until_it_ends(place: House, at: str) -> None:
    mine, anybody = place.client(MINE), place.client()
    assert mine.post(f"{at}/links", data={"days": "7", "note": "家长会"}).status_code == 409
    place.client(REGION).post(f"{at}/publication")
    assert mine.post(f"{at}/links", data={"days": "5000"}).status_code == 422
    assert place.client(PARTNERS).post(f"{at}/links", data={"days": "7"}).status_code == 404
    shown = mine.post(f"{at}/links", data={"days": "7", "note": "家长会"}).text
    [path] = re.findall(r"/resources/shared/[\w-]+", shown)
    with place.database.reading() as db:
        link = db.scalars(sa.select(ShareLink)).one()
    assert link.secret not in shown

    assert "圆的面积" in anybody.get(path).text
    assert anybody.get(f"{path}x").status_code == 404
    assert anybody.get(at).status_code == 303
    place.clock.move(timedelta(days=7, seconds=1))
    assert anybody.get(path).status_code == 404

    mine = place.client(MINE)
    [path] = re.findall(r"/resources/shared/[\w-]+", mine.post(f"{at}/links", data={"days": "1"}).text)
    assert anybody.get(path).status_code == 200
    with place.database.reading() as db:
        newest = db.scalars(sa.select(ShareLink.id).order_by(ShareLink.made_at.desc())).first()
    assert mine.post(f"{at}/links/{newest}/end").status_code == 303
    assert anybody.get(path).status_code == 404
