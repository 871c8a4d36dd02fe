import io
import time
import tracemalloc
import zipfile

import pytest
from openpyxl import load_workbook

from shared.errors import Invalid
from shared.sheets.upload import UPLOADED
from shared.sheets.workbook import sheets_of
from tests.sheets.books import book, raw

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")


def rejected(data: bytes, filename: str = "花名册.xlsx") -> str:
    with pytest.raises(Invalid) as refused:
        for _ in sheets_of(data, filename=filename):
            pass
    assert refused.value.field == "file"
    assert refused.value.sentence.en
    return refused.value.sentence.zh


@pytest.mark.parametrize(
    "data", [b"hello", b"name,code\n1,2\n", b"%PDF-1.7", b"PK\x03\x04broken", b"<html></html>"]
)
def test_what_is_no_spreadsheet_is_refused_by_name(data: bytes) -> None:
    assert rejected(data, "C:\\Users\\me\\花名册.xlsx") == "“花名册.xlsx”不是电子表格（.xlsx）。"


def test_an_empty_file_is_refused() -> None:
    assert "空文件" in rejected(b"")


def test_a_zip_of_something_else_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    assert "不是电子表格" in rejected(stream.getvalue())


def test_an_encrypted_workbook_is_asked_for_without_its_password() -> None:
    assert "取消密码" in rejected(COMPOUND + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))


def test_an_old_workbook_is_asked_for_in_the_new_format() -> None:
    assert "另存为 .xlsx" in rejected(COMPOUND + b"\0" * 600 + "Workbook".encode("utf-16-le"), "a.xls")


def test_a_workbook_of_another_office_is_asked_for_in_our_format() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "另存为 .xlsx" in rejected(stream.getvalue())


def test_more_than_20_mb_are_refused_unread() -> None:
    assert "20 MB" in rejected(b"PK" + b"\0" * UPLOADED)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        for part in range(6):
            with package.open(f"xl/worksheets/sheet{part}.xml", "w") as inside:
                for _ in range(100):
                    inside.write(b" " * 1024 * 1024)
    began = time.monotonic()
    assert "内容太多" in rejected(stream.getvalue())
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("where", ["sheet", "strings", "rels"])
def test_entities_are_an_attack(where: str) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x xmlns="%s">&b;</x>' % MAIN
    sheet = b'<worksheet xmlns="%s"><sheetData/></worksheet>' % MAIN
    data = raw(
        laughs if where == "sheet" else sheet,
        strings=laughs if where == "strings" else None,
        rels=laughs if where == "rels" else None,
    )
    assert "已损坏" in rejected(data)


def test_a_damaged_sheet_is_said_to_be_damaged() -> None:
    assert "已损坏" in rejected(raw(b'<worksheet xmlns="%s"><sheetData><row' % MAIN))
    assert "已损坏" in rejected(
        raw(
            b'<worksheet xmlns="%s"><sheetData><row r="1"><c r="A1" t="s"><v>9</v></c></row></sheetData></worksheet>'
            % MAIN
        )
    )


def test_a_single_endless_text_is_refused() -> None:
    text = b"x" * (4 * 1024 * 1024)
    sheet = (
        b'<worksheet xmlns="%s"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row></sheetData></worksheet>'
        % (MAIN, text)
    )
    assert "内容太多" in rejected(raw(sheet))


def test_a_merge_over_everything_costs_nothing() -> None:
    cells = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 2000))
    merges = b'<mergeCell ref="A1:XFD1048576"/>' * 2000
    sheet = b'<worksheet xmlns="%s"><sheetData>%s</sheetData><mergeCells>%s</mergeCells></worksheet>' % (
        MAIN,
        cells,
        merges,
    )
    assert "内容太多" in rejected(raw(sheet))


def test_a_million_empty_rows_are_read_through_without_keeping_them() -> None:
    empty = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(3, 1_000_003))
    head = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"/>'
    data = raw(b'<worksheet xmlns="%s"><sheetData>%s%s</sheetData></worksheet>' % (MAIN, head, empty))
    tracemalloc.start()
    (sheet,) = sheets_of(data, filename="x.xlsx")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sheet.rows == [(1, ["a"])]
    assert peak < 20 * 1024 * 1024


def test_hidden_sheets_are_left_alone() -> None:
    workbook = load_workbook(io.BytesIO(book({"看得见": [["a"]], "选项": [["b"]]})))
    workbook["选项"].sheet_state = "hidden"
    stream = io.BytesIO()
    workbook.save(stream)
    assert [sheet.name for sheet in sheets_of(stream.getvalue(), filename="x.xlsx")] == ["看得见"]


def test_merged_cells_all_have_the_value_of_the_first() -> None:
    (sheet,) = sheets_of(
        book({"S": [["a", None, 1], [None, None, 2]]}, merges={"S": ["A1:B2"]}), filename="x.xlsx"
    )
    assert sheet.rows == [(1, ["a", "a", 1]), (2, ["a", "a", 2])]
