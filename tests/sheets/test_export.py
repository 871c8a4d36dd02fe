import io
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from shared.sheets.export import Written, export
from shared.sheets.workbook import sheets_of


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 10001696916", "-cmd|'/c calc'!A0", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x")']
)
def test_a_text_is_never_a_formula(text: str) -> None:
    data = export(text, [text, "人数"], [[text, 3]])
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    for cell in (sheet["A1"], sheet["A2"], sheet["A3"]):
        assert (cell.data_type, cell.value.strip()) == ("s", text.strip())
    assert sheet["B3"].value == 3


def test_title_head_and_widths_are_neat() -> None:
    data = export("学校 / 名单: 2026", ["学校名称", "人数"], [["格尔木市第一中学", 1945]])
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet["A1"].value == "学校 / 名单: 2026"
    assert sheet.title == "学校   名单  2026"
    assert sheet.freeze_panes == "A3"
    assert sheet["A2"].font.bold
    assert sheet.column_dimensions["A"].width == 18


def test_what_a_spreadsheet_cannot_hold_is_left_out() -> None:
    (sheet,) = sheets_of(
        export("名单", ["a"], [["坏\x00字\x1f符"], ["x" * 40_000], [None]]), filename="x.xlsx"
    )
    assert sheet.rows[2][1] == ["坏字符"]
    assert len(str(sheet.rows[3][1][0])) == 32_767


def test_rows_are_taken_one_after_the_other() -> None:
    def many() -> Iterator[list[Written]]:
        for number in range(3000):
            yield [f"第{number}小学", number]

    (sheet,) = sheets_of(export("名单", ["学校", "人数"], many()), filename="x.xlsx")
    assert len(sheet.rows) == 3002
    assert sheet.rows[-1] == (3002, ["第2999小学", 2999])
