"""How offices write days, times, people and kinds, one by one."""

from datetime import time

import pytest

from services.scheduling.agendas.policies.days import Day, read_day, written
from services.scheduling.agendas.policies.planning import whole_place
from services.scheduling.agendas.policies.reading import read_workbook
from services.scheduling.agendas.policies.times import read_when
from services.scheduling.agendas.policies.vocabulary import kind_of, people_of
from shared.sheets.parsers import BadCell
from tests.sheets.books import book

NINTH = Day(9, 6)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("6月9日", NINTH), ("６月９日", NINTH), ("06月09号", NINTH), ("6.9", NINTH), ("6/9", NINTH), ("六月九日", NINTH), ("June 9", NINTH),
        ("6月9日\n(星期一)", Day(9, 6, weekday=0)), ("6.9（周一）", Day(9, 6, weekday=0)), ("Mon, 9 Jun 2025", Day(9, 6, 2025, weekday=0)),
        ("2025-06-09", Day(9, 6, 2025)), ("2025年6月9日 星期日", Day(9, 6, 2025, weekday=6)), ("20250609", Day(9, 6, 2025)),
        ("十二月二十一日", Day(21, 12)), ("9日", Day(9)), ("6月9日 8:30-12:00", Day(9, 6, rest="8:30-12:00")), ("6月9日上午", Day(9, 6, rest="上午")),
        ("6月10日—12日", Day(10, 6, until=Day(12))), ("6月10-12日", Day(10, 6, until=Day(12))), ("9月30日至10月2日", Day(30, 9, until=Day(2, 10))),
        ("破冰", None), ("专家A", None), ("", None), ("十十日", None),
    ],
)  # fmt: skip
def test_days(text: str, day: Day | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("8:30—12:00", "08:30", "12:00"), ("8：30－12：00", "08:30", "12:00"), ("19:00~21:00", "19:00", "21:00"), ("8点30分至12点", "08:30", "12:00"),
        ("8点半到12点", "08:30", "12:00"), ("0830-1200", "08:30", "12:00"), ("8.30-12.00", "08:30", "12:00"), ("8:30一12:00", "08:30", "12:00"),
        ("上午 8:30-11:50", "08:30", "11:50"), ("下午2:30-5:30", "14:30", "17:30"), ("晚上7:00——9:00", "19:00", "21:00"),
        ("上午8:30-下午5:30", "08:30", "17:30"), ("8:30 AM - 12:00 PM", "08:30", "12:00"), ("2:30pm-5:30pm", "14:30", "17:30"),
        ("8:30-5:30", "08:30", "17:30"), ("11:00-1:30", "11:00", "13:30"),
    ],
)  # fmt: skip
def test_times(text: str, start: str, end: str) -> None:
    when = read_when(text)

    assert when is not None
    assert when.times == ((time.fromisoformat(start), time.fromisoformat(end)),)


def test_two_times_in_a_cell_are_both_taken() -> None:
    when = read_when("8:30-10:00 10:10-12:00")

    assert when is not None
    assert [(str(start), str(end)) for start, end in when.times] == [
        ("08:30:00", "10:00:00"),
        ("10:10:00", "12:00:00"),
    ]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("专家A、专家B", [("专家A", "", "", True, False), ("专家B", "", "", True, False)]),
        ("张三（州教研室主任）；李四(格尔木市第一中学 副校长)", [("张三", "州教研室", "主任", False, False), ("李四", "格尔木市第一中学", "副校长", False, False)]),
        ("张三 青海师范大学教授", [("张三", "青海师范大学", "教授", False, False)]),
        ("主讲：张三 主持：李四", [("张三", "", "", False, False), ("李四", "", "", False, True)]),
        ("张三 李四\n王　五", [("张三", "", "", False, False), ("李四", "", "", False, False), ("王五", "", "", False, False)]),
        ("导师(每6人一名)", [("导师(每6人一名)", "", "", True, False)]),
        ("先进地区校长", [("先进地区校长", "", "", True, False)]),
        ("—", []),
    ],
)  # fmt: skip
def test_people(text: str, people: list[tuple[str, str, str, bool, bool]]) -> None:
    assert [(p.name, p.unit, p.post, p.placeholder, p.host) for p in people_of(text)] == people


@pytest.mark.parametrize(
    ("form", "title", "kind"),
    [
        ("专题讲座", "集团治理", "lecture"), ("集中", "开班仪式", "ceremony"), ("联合教研", "同课异构现场", "joint_research"), ("", "同课异构", "same_lesson"),
        ("实地考察", "x", "site_visit"), ("跟岗", "x", "job_shadowing"), ("小组活动", "破冰", "group_discussion"), ("成果验收", "点评", "outcome_acceptance"),
        ("导师指导", "x", "mentoring"), ("案例分享", "x", "case_sharing"), ("自主研修", "x", "self_study"), ("集中研修", "x", "training"),
    ],
)  # fmt: skip
def test_kinds(form: str, title: str, kind: str) -> None:
    assert kind_of(form, title) == (kind, True)


@pytest.mark.parametrize(
    ("where", "room", "place"),
    [
        ("培训中心", "报告厅", "培训中心报告厅"),
        ("云南长水实验中学镇雄校区", "镇雄校区报告厅", "云南长水实验中学镇雄校区报告厅"),
        ("培训中心", "示范校一", "示范校一"),
        ("培训中心", "", "培训中心"),
        ("", "报告厅", "报告厅"),
        ("培训中心", "培训中心报告厅", "培训中心报告厅"),
    ],
)
def test_places(where: str, room: str, place: str) -> None:
    assert whole_place(where, room) == place


def test_a_cell_that_is_a_book_is_told_and_no_pattern_is_tried_on_it() -> None:
    with pytest.raises(BadCell, match="Over 2000 characters"):
        written("1" * 2_001)
    for text in ("1" * 32_000, "楼" * 2_000, "-" * 2_000, "8:" * 1_000, "张三 " * 600):
        rows = [
            [text],
            ["日期", "时间", "内容", "主讲", "地点"],
            ["6月9日", text, "讲座", text, text],
            [text],
        ]
        found = read_workbook(book({"日程": rows}), filename="2025.xlsx")
        assert [entry.title for entry in found.agenda.entries][:1] == ["讲座"]
