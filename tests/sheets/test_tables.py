from collections.abc import Mapping, Sequence

import pytest

from shared.errors import Invalid
from shared.sheets.problems import UnknownColumn
from shared.sheets.reading import Reading
from tests.sheets.books import BASKETS, book, raw

HEAD = ("主人", "颜色", "件数", "水果", "采摘年月")
ROW = ("张明", "红", 3, "苹果、梨", "2024-09")
READ = {"owner": "张明", "colour": "red", "pieces": 3, "fruits": ("苹果", "梨"), "picked": "2024-09"}


def reading(
    *rows: Sequence[object],
    merges: Sequence[str] = (),
    answers: Mapping[str, str | None] | None = None,
    title: str = "一",
) -> Reading:
    return Reading(
        book({title: rows}, merges={title: merges}), filename="x.xlsx", kinds=[BASKETS], answers=answers or {}
    )


def values(found: Reading) -> list[dict[str, object]]:
    return [dict(record.values) for record in found.records("baskets")]


def told(found: Reading) -> list[str]:
    list(found.records("baskets"))
    return [problem.told().zh for problem in found.problems]


def test_a_table_is_found_below_its_title_and_notes() -> None:
    found = reading(
        ("果篮统计表",), ("填报单位：某处", None, None, "单位：个"), (), HEAD, ROW, ("备注：以实物为准",)
    )
    assert values(found) == [READ]
    assert told(found) == []


def test_a_title_merged_over_the_table_is_no_row_of_it() -> None:
    found = reading(("果篮",), HEAD, ("一、东片",), ROW, merges=("A1:E1", "A3:E3"))
    assert values(found) == [READ]
    assert told(found) == []


def test_cells_merged_downwards_count_for_every_row() -> None:
    found = reading(HEAD, ROW, (None, "绿", 1, None, None), merges=("A2:A3",))
    assert [record["owner"] for record in values(found)] == ["张明", "张明"]


def test_a_head_of_three_rows_is_read_by_its_paths() -> None:
    found = reading(
        ("主人", "颜色", "件数", None, "水果"),
        (None, None, "合计", "其中", None),
        (None, None, None, "苹果", None),
        ("张明", "红", 3, 2, "苹果"),
        merges=("A1:A3", "B1:B3", "C1:D1", "C2:C3", "E1:E3"),
    )
    assert values(found) == [
        {"owner": "张明", "colour": "red", "pieces": 3, "apples": 2, "fruits": ("苹果",)}
    ]


def test_tables_stand_below_each_other_and_side_by_side() -> None:
    below = reading(HEAD, ROW, (), HEAD[::-1], ROW[::-1])
    beside = reading(HEAD + HEAD, ROW + ROW)
    apart = reading((*HEAD, None, *HEAD), (*ROW, None, *ROW))
    assert values(below) == values(beside) == values(apart) == [READ, READ]


def test_a_bad_cell_costs_its_row_nothing_else() -> None:
    found = reading(HEAD, ("张明", "蓝", "三", "苹果", "2024-09"))
    assert values(found) == [{"owner": "张明", "fruits": ("苹果",), "picked": "2024-09"}]
    assert told(reading(HEAD, ("张明", "蓝", "三", "苹果", "2024-09"))) == [
        "一 第 2 行 B 列：颜色：不认识“蓝”，应是：红、绿。",
        "一 第 2 行 C 列：件数：“三”不是整数。",
    ]


def test_a_row_without_what_is_required_is_left_out_and_said_so() -> None:
    found = reading(HEAD, (None, "红", 3, None, None), ROW)
    assert values(found) == [READ]
    assert [str(problem.told()) for problem in found.problems] == [
        "Sheet 一, row 2, column A: Owner is missing. This row was left out."
    ]


def test_numbered_but_empty_rows_are_no_rows() -> None:
    found = reading(("序号", *HEAD), (1, *ROW), (2,), (3,))
    assert values(found) == [READ]
    assert told(found) == []


@pytest.mark.parametrize("label", ["合计", "总 计", "全部合计：", "Total"])
def test_totals_are_left_out_and_checked(label: str) -> None:
    right = reading(HEAD, ROW, ROW, (label, None, 6))
    wrong = reading(HEAD, ROW, ROW, (label, None, "7"))
    assert values(right) == values(wrong) == [READ, READ]
    assert told(right) == []
    assert [(p.row, p.column, p.severity) for p in wrong.problems] == [(4, "C", "warning")]
    assert "写的是 7，各行相加是 6" in wrong.problems[0].sentence.zh


def test_totals_of_parts_are_of_the_rows_since_the_last() -> None:
    assert told(reading(HEAD, ROW, ("小计", None, 3), ROW, ROW, ("小计", None, 6), ("合计", None, 9))) == []


def test_a_formula_without_a_result_says_nothing_and_is_pointed_at_once() -> None:
    found = reading(HEAD, ("张明", "红", "=1+1"), ("李明", "红", "=1+2"))
    assert values(found) == [{"owner": "张明", "colour": "red"}, {"owner": "李明", "colour": "red"}]
    assert [(p.row, p.column, p.severity) for p in found.problems] == [(2, "C", "warning")]


def test_a_column_with_an_unknown_header_is_taken_for_what_its_values_look_like() -> None:
    found = reading(("主人", "件数", "色泽"), ("张明", 1, "红"), ("李明", 2, "绿"))
    assert [record["colour"] for record in values(found)] == ["red", "green"]
    assert found.unknown == ()


def test_a_column_that_stays_unknown_is_asked_about_once() -> None:
    rows = (("主人", "件数", "品 类（必填）"), ("张明", 1, "苹果"), ("李明", 2, "梨"))
    (asked,) = reading(*rows).unknown
    assert isinstance(asked, UnknownColumn)
    assert (asked.sheet, asked.column, asked.header, asked.samples) == (
        "一",
        "C",
        "品 类（必填）",
        ("苹果", "梨"),
    )
    assert [name for name, _ in asked.choices] == ["colour", "apples", "fruits", "picked"]
    answered = reading(*rows, answers={asked.key: "fruits"})
    assert [record["fruits"] for record in values(answered)] == [("苹果",), ("梨",)]
    assert answered.unknown == ()
    assert reading(*rows, answers={asked.key: None}).unknown == ()


def test_a_sample_shows_no_number_of_an_identity_card() -> None:
    found = reading(("主人", "件数", "证件"), ("张明", 1, "63280119900101123X"))
    assert found.unknown[0].samples == ("…123X",)


def test_two_columns_of_one_meaning_are_not_chosen_between_blindly() -> None:
    found = reading(("数量", "主人", "件数"), (9, "张明", 1))
    assert [record["pieces"] for record in values(found)] == [1]
    assert [asked.header for asked in found.unknown] == ["数量"]


def test_a_table_without_a_required_column_is_not_read_and_says_so() -> None:
    found = reading(("颜色", "件数", "水果"), ("红", 1, "梨"))
    assert values(found) == []
    assert told(reading(("颜色", "件数", "水果"), ("红", 1, "梨"))) == [
        "一 第 1 行：没有找到“主人”列，这张表没有读取。"
    ]


def test_a_sheet_without_any_table_is_named_and_a_workbook_without_one_refused() -> None:
    data = book({"一": [HEAD, ROW], "二": [["随便写写"]]})
    found = Reading(data, filename="x.xlsx", kinds=[BASKETS], answers={})
    assert told(found) == ["二：这张工作表里没有认出要找的表，没有读取。"]
    with pytest.raises(Invalid, match="No table"):
        reading(("随便写写",))


def test_values_that_are_words_of_heads_do_not_make_a_head() -> None:
    found = reading(HEAD, ("苹果", "红", 1, "水果、件数", None), ("水果", "绿", 2, "颜色", None))
    assert [record["owner"] for record in values(found)] == ["苹果", "水果"]


def test_a_total_whose_formula_lies_is_pointed_at_and_never_taken() -> None:
    def texts(row: int, *words: str) -> str:
        cells = "".join(
            f'<c r="{"ABC"[i]}{row}" t="inlineStr"><is><t>{word}</t></is></c>' for i, word in enumerate(words)
        )
        return f'<row r="{row}">{cells}</row>' if row != 3 else cells

    lying = f'<row r="3">{texts(3, "合计")}<c r="C3"><f>SUM(C2:C2)</f><v>9000</v></c></row>'
    rows = texts(1, "主人", "颜色", "件数") + texts(2, "张明", "红", "3") + lying
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = raw(f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode())
    found = Reading(data, filename="x.xlsx", kinds=[BASKETS], answers={})
    assert values(found) == [{"owner": "张明", "colour": "red", "pieces": 3}]
    assert [p.told().zh for p in found.problems] == [
        "S 第 3 行 C 列：件数的合计写的是 9000，各行相加是 3；合计不采用，请核对各行。"
    ]
