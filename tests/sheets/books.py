"""Workbooks for tests: small ones made up here, and hostile ones made by hand."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from services.directory.rosters.model import Roster
from services.directory.rosters.policies import read_roster
from shared.sheets.fields import Field, Kind
from shared.sheets.parsers import choice, listed, month, name, whole
from shared.text import Sentence

#: The rosters of three offices lie beside the repository where we work, and nowhere else.
DATA = Path(__file__).parents[3] / "shared" / "data"

#: A kind of table of no business at all.
BASKETS = Kind(
    "baskets",
    Sentence(zh="果篮", en="Baskets"),
    (
        Field("owner", Sentence(zh="主人", en="Owner"), ("物主",), name, required=True),
        Field(
            "colour",
            Sentence(zh="颜色", en="Colour"),
            (),
            choice({"红": "red", "绿": "green"}),
            pattern="红|绿",
        ),
        Field("pieces", Sentence(zh="件数", en="Pieces"), ("数量",), whole),
        Field("apples", Sentence(zh="苹果数", en="Apples"), ("苹果", "件数苹果"), whole),
        Field("fruits", Sentence(zh="水果", en="Fruits"), (), listed),
        Field("picked", Sentence(zh="采摘年月", en="Picked"), ("采摘时间",), month),
    ),
    ignored=("序号",),
)


def book(
    sheets: Mapping[str, Iterable[Sequence[object]]], *, merges: Mapping[str, Sequence[str]] | None = None
) -> bytes:
    """An .xlsx of these rows."""
    workbook = Workbook()
    del workbook["Sheet"]
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for area in (merges or {}).get(title, ()):
            sheet.merge_cells(area)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def raw(sheet: bytes, *, strings: bytes | None = None, rels: bytes | None = None) -> bytes:
    """An .xlsx with the XML of its one sheet as given."""
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": b'<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
        % (main, links),
        "xl/_rels/workbook.xml.rels": rels
        or b'<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        b'<Relationship Id="rId2" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = strings
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in parts.items():
            package.writestr(path, content)
    return stream.getvalue()


def roster(file: str) -> Roster:
    """A real roster; skips where the files are not beside the repository."""
    path = DATA / file
    if not path.exists():
        pytest.skip(f"{file} does not lie beside the repository")
    return read_roster(path.read_bytes(), filename=file, answers={})
