import io
from datetime import datetime

import pytest
from openpyxl import Workbook

from shared.sheets.cells import Formula, index_of, letters_of
from shared.sheets.parsers import month
from shared.sheets.workbook import sheets_of
from tests.sheets.books import raw

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def cells(inside: str, *, space: str = MAIN, strings: str | None = None) -> list[tuple[int, list[object]]]:
    data = raw(
        f'<x:worksheet xmlns:x="{space}"><x:sheetData>{inside}</x:sheetData></x:worksheet>'.encode(),
        strings=strings.encode() if strings else None,
    )
    (sheet,) = sheets_of(data, filename="x.xlsx")
    return [(number, list(row)) for number, row in sheet.rows]


@pytest.mark.parametrize("space", [MAIN, STRICT])
def test_every_type_of_cell_is_read(space: str) -> None:
    row = (
        '<x:row r="3"><x:c r="A3"><x:v>12</x:v></x:c><x:c r="B3"><x:v>1.50</x:v></x:c><x:c r="C3" t="b"><x:v>1</x:v></x:c>'
        '<x:c r="D3" t="e"><x:v>#REF!</x:v></x:c><x:c r="F3" t="inlineStr"><x:is><x:t> 字 </x:t></x:is></x:c>'
        '<x:c r="G3" t="str"><x:f>A3&amp;B3</x:f><x:v>12</x:v></x:c><x:c r="H3" t="d"><x:v>2024-09-01</x:v></x:c></x:row>'
    )
    assert cells(row, space=space) == [
        (3, [12, 1.5, True, "#REF!", None, " 字 ", Formula("12"), datetime(2024, 9, 1)])  # noqa: DTZ001  sheets know no zones
    ]


def test_cells_without_their_places_follow_each_other() -> None:
    assert cells("<x:row><x:c><x:v>1</x:v></x:c><x:c/><x:c><x:v>3</x:v></x:c></x:row><x:row/><x:row><x:c><x:v>4</x:v></x:c></x:row>") == [
        (1, [1, None, 3]), (3, [4]),
    ]  # fmt: skip


def test_shared_texts_come_without_their_reading_aids() -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><r><t>教</t></r><r><t>师</t></r><rPh sb="0" eb="1"><t>jiaoshi</t></rPh></si>'
        "<si><t>学校</t></si></sst>"
    )
    row = '<x:row r="1"><x:c r="A1" t="s"><x:v>1</x:v></x:c><x:c r="B1" t="s"><x:v>0</x:v></x:c></x:row>'
    assert cells(row, strings=strings) == [(1, ["学校", "教师"])]


@pytest.mark.parametrize("shown", ["yyyy-mm-dd", 'yyyy"年"m"月"', "mmm-yy", "m/d/yy"])
def test_dates_of_the_program_are_months_for_us(shown: str) -> None:
    workbook = Workbook()
    assert workbook.active is not None
    cell = workbook.active.cell(1, 1, datetime(1974, 3, 15))  # noqa: DTZ001  sheets know no zones
    cell.number_format = shown
    stream = io.BytesIO()
    workbook.save(stream)
    (sheet,) = sheets_of(stream.getvalue(), filename="x.xlsx")
    assert month(sheet.rows[0][1][0]) == "1974-03"


def test_columns_are_called_by_letters() -> None:
    for index, letters in ((0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")):
        assert (letters_of(index), index_of(letters)) == (letters, index)
