from collections.abc import Sequence
from datetime import time

import pytest

from services.scheduling.agendas.policies.reading import read_workbook
from shared.errors import Invalid
from tests.services.scheduling.agenda_sheets import HAIXI, PEOPLE, QIXINGGUAN, Line, workbook
from tests.sheets.books import book


def meant(lines: tuple[Line, ...]) -> list[tuple[object, ...]]:
    """What every form of an agenda says: the whole day is from the usual beginning to the usual end."""
    return [
        (
            line.day,
            *(time.fromisoformat(part.zfill(5)) for part in (line.times or "8:30-17:30").split("-")),
            line.title,
            line.form,
            line.who,
            line.place,
        )
        for line in lines
    ]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("lines", [HAIXI, QIXINGGUAN], ids=["haixi", "qixingguan"])
def test_all_forms_of_a_workbook_read_alike(lines: tuple[Line, ...], seed: int) -> None:
    data, filename = workbook(lines, seed=seed)

    book = read_workbook(data, filename=filename)

    assert [problem.told().zh for problem in book.problems] == []
    assert book.unknown == ()
    assert [
        (
            entry.days and entry.days[0],
            *entry.times[0],
            entry.title,
            entry.form,
            tuple(speaker.name for speaker in entry.speakers),
            entry.place,
        )
        for entry in book.agenda.entries
    ] == meant(lines)
    assert [(t.name, t.sex, t.unit, t.post, t.phone) for t in book.roster.trainees] == list(PEOPLE)
    assert (book.agenda.host, book.agenda.place) == ("海西州教育局", "培训中心")
    assert book.agenda.title.endswith("校长研修班")
    assert book.agenda.remark == "请学员提前10分钟签到。"


def told(rows: Sequence[Sequence[object]], *, filename: str = "2025.xlsx", **more: object) -> list[str]:
    """The problems of an agenda with these rows under the usual head."""
    data = book({"日程安排": [["日期", "时间", "内容", "形式", "主讲", "地点"], *rows]})
    return [problem.told().zh for problem in read_workbook(data, filename=filename, **more).problems]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("25:00-26:00", "日程安排 第 2 行 B 列：没有 25:00 这个时间。"),
        ("8:61-9:00", "日程安排 第 2 行 B 列：没有 8:61 这个时间。"),
        ("14:30-13:00", "日程安排 第 2 行 B 列：结束时间 13:00 不晚于开始时间 14:30。"),
        ("9:00", "日程安排 第 2 行 B 列：“9:00”只有开始没有结束，请写成 8:30—12:00 的样子。"),
        ("看通知", "日程安排 第 2 行 B 列：“看通知”看不出时间，请写成 8:30—12:00 或“上午”的样子。"),
        ("", "日程安排 第 2 行 B 列：没有写时间。"),
        ("2:30-5:30", "日程安排 第 2 行 B 列：按 14:30—17:30 读取，请核对。"),
    ],
)
def test_a_time_that_cannot_be_is_told_with_its_cell(cell: str, sentence: str) -> None:
    assert told([["6月9日", cell, "讲座", "讲座", "专家A", "报告厅"]]) == [sentence]


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("2月30日", "日程安排 第 2 行 A 列：2025 年没有 2 月 30 日。"),
        ("13月1日", "日程安排 第 2 行 A 列：2025 年没有 13 月 1 日。"),
        ("6月9日(星期二)", "日程安排 第 2 行 A 列：写的是星期二，而 2025 年 6 月 9 日是星期一；按日期读取，请核对。"),
        ("开班前一天", "日程安排 第 2 行 A 列：“开班前一天”看不出日期，请写成 6月9日 的样子。"),
        ("9日", "日程安排 第 2 行 A 列：只写了 9 日，没有写月份。"),
        (6.1, "日程安排 第 2 行 A 列：日期：“6.1”是数字，分不清是 6月1日还是 6月10日，请写成“6月1日”的样子。"),
        ("#REF!", "日程安排 第 2 行 A 列：日期：单元格里是错误值 #REF!。"),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_is_told_with_its_cell(cell: object, sentence: str) -> None:
    assert sentence in told([[cell, "8:30-12:00", "讲座", "讲座", "专家A", "报告厅"]])


def test_what_is_wrong_costs_the_rest_of_the_sheet_nothing() -> None:
    rows: list[list[str | None]] = [
        ["6月9日", "25:00-26:00", "坏时间", "讲座", "专家A", "报告厅"],
        ["6月10日", "8:30-12:00", None, "讲座", "专家A", "报告厅"],
        ["6月11日", "8:30-12:00", "好的", "讲座", "专家A", "报告厅"],
    ]
    data = book({"日程": [["日期", "时间", "内容", "形式", "主讲", "地点"], *rows]})

    entries = read_workbook(data, filename="2025.xlsx").agenda.entries

    assert [(entry.row, entry.title, entry.ready) for entry in entries] == [
        (2, "坏时间", False),
        (3, "", False),
        (4, "好的", True),
    ]


def test_a_year_that_nothing_names_is_asked_and_its_weekdays_say_which_fits() -> None:
    rows = [["6月9日(星期一)", "8:30-12:00", "讲座", "讲座", "专家A", "报告厅"]]

    asked = read_workbook(book({"日程": [["日期", "时间", "内容"], rows[0][:3]]}), filename="日程.xlsx")

    assert (asked.asks_year, 2025 in asked.fits, 2024 in asked.fits) == (True, True, False)
    assert told(rows, filename="日程.xlsx") == ["：日期没有写年份，请选择年份。"]
    assert told(rows, filename="日程.xlsx", year=2025) == []


def test_a_programme_goes_on_into_the_new_year() -> None:
    rows = [[day, "8:30-12:00", day] for day in ("12月30日", "31日", "1日", "1月2日")]

    book_ = read_workbook(book({"日程": [["日期", "时间", "内容"], *rows]}), filename="2025.xlsx")

    assert [str(entry.days and entry.days[0]) for entry in book_.agenda.entries] == [
        "2025-12-30",
        "2025-12-31",
        "2026-01-01",
        "2026-01-02",
    ]


def test_a_correction_stands_in_the_place_of_a_merged_cell_and_remembers_what_was_there() -> None:
    data = book(
        {"日程": [["日期", "时间", "内容"], ["6月31日", "8:30-10:00", "甲"], [None, "10:10-12:00", "乙"]]},
        merges={"日程": ["A2:A3"]},
    )

    wrong = read_workbook(data, filename="2025.xlsx")
    right = read_workbook(data, filename="2025.xlsx", corrections={"日程": {"A2": "6月30日", "C3": "丙"}})

    assert [problem.told().zh for problem in wrong.problems] == [
        "日程 第 2 行 A 列：2025 年没有 6 月 31 日。"
    ]
    assert right.problems == ()
    assert [(str(e.days and e.days[0]), e.title) for e in right.agenda.entries] == [
        ("2025-06-30", "甲"),
        ("2025-06-30", "丙"),
    ]
    assert [(c.at, c.text, c.written) for c in right.agenda.entries[1].cells] == [
        ("A2", "6月30日", "6月31日"),
        ("B3", "10:10-12:00", None),
        ("C3", "丙", "乙"),
    ]


def test_a_thousand_rows_are_read_and_each_bad_cell_told() -> None:
    rows = [["6月9日", "8:30-12:00" if n % 10 else "25:00-26:00", f"第{n}讲"] for n in range(1_000)]

    found = read_workbook(book({"日程": [["日期", "时间", "内容"], *rows]}), filename="2025.xlsx")

    assert len(found.agenda.entries) == 1_000
    assert len(found.problems) == 100
    assert sum(entry.ready for entry in found.agenda.entries) == 900


def test_a_workbook_of_something_else_is_refused_in_words() -> None:
    with pytest.raises(Invalid, match="Neither an agenda nor a list"):
        read_workbook(book({"库存": [["货物", "数量"], ["粉笔", 3]]}), filename="库存.xlsx")
    with pytest.raises(Invalid, match="over 3000 rows"):
        read_workbook(
            book({"x": [["日期", "时间", "内容"], *([["a", "b", "c"]] * 3_001)]}), filename="x.xlsx"
        )


def test_people_who_stand_twice_or_lack_a_name_are_told() -> None:
    rows: list[list[str | None]] = [
        ["张三", "甲中学", "10001112222"],
        ["张三", "甲中学", "—"],
        [None, "乙中学", "10001112223"],
        ["李四", None, "不知道"],
    ]
    sheets: dict[str, list[Sequence[object]]] = {
        "日程": [["日期", "时间", "内容"], ["6月9日", "全天", "学"]],
        "名单": [["姓名", "单位", "电话"], *rows],
    }

    found = read_workbook(book(sheets), filename="2025.xlsx")

    assert [problem.told().zh for problem in found.problems] == [
        "名单 第 3 行 A 列：与第 2 行是同一人，只导入一次。",
        "名单 第 4 行 A 列：没有写姓名。",
        "名单 第 5 行 C 列：手机号码：“不知道”不像电话号码。",
        "名单 第 5 行 B 列：没有写单位。",
    ]
    assert [(t.name, t.ready) for t in found.roster.trainees] == [
        ("张三", True),
        ("张三", False),
        ("", False),
        ("李四", True),
    ]


def test_an_agenda_with_a_column_for_each_part_of_the_day_is_read_by_its_cells() -> None:
    rows: list[list[str | None]] = [
        ["2025年校长研修班日程安排"],
        ["日期", "上午", "下午", "晚上"],
        ["6月9日(星期一)", "9:00-10:30 开班仪式", "教育集团化办学政策解读\n主讲：专家A\n地点：报告厅", None],
        ["6月10日(星期二)", "跟岗学习", None, "经典阅读\n主持：王芳"],
        ["6月11日(星期三)", "14:30-13:00 讲座", None, None],
    ]

    found = read_workbook(book({"日程": rows}, merges={"日程": ["B4:C4"]}), filename="日程.xlsx")

    assert [
        (entry.days and entry.days[0].day, [str(time)[:5] for time in entry.times[0]] if entry.times else None, entry.title)
        for entry in found.agenda.entries
    ] == [
        (9, ["09:00", "10:30"], "开班仪式"),
        (9, ["14:30", "17:30"], "教育集团化办学政策解读"),
        (10, ["09:00", "17:30"], "跟岗学习"),
        (10, ["19:00", "21:00"], "经典阅读"),
        (11, None, "讲座"),
    ]  # fmt: skip
    assert [[speaker.name for speaker in entry.speakers] for entry in found.agenda.entries] == [[], ["专家A"], [], ["王芳"], []]  # fmt: skip
    assert found.agenda.entries[1].place == "报告厅"
    assert [problem.told().zh for problem in found.problems] == [
        "日程 第 5 行 B 列：结束时间 13:00 不晚于开始时间 14:30。"
    ]
