"""Writing a workbook for offices to read: a title, a head that stays in sight, and texts that are never formulas."""

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Written: TypeAlias = str | int | float | date | datetime | None

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST, _NARROWEST, _LOOKED_AT = 48, 8, 200
_LONGEST = 32_767  # characters that a cell may hold


def export(title: str, columns: Sequence[str], rows: Iterable[Sequence[Written]]) -> bytes:
    """A workbook of one sheet: the title, the columns' names, the rows in the order they come.

    The rows are written as they come and never held all at once. Texts stay texts whatever they begin with, so that
    nothing somebody typed is computed where the file is opened; what a spreadsheet cannot hold is left out of them.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NOT_IN_NAMES.sub(" ", _clean(title))[:31].strip(" '") or "Sheet1")
    source = iter(rows)
    first = [row for _, row in zip(range(_LOOKED_AT), source, strict=False)]
    for index, name in enumerate(columns):
        widest = max([_width(name), *(_width(row[index]) for row in first if index < len(row))])
        letter = get_column_letter(index + 1)
        sheet.column_dimensions[letter].width = min(_WIDEST, max(_NARROWEST, widest + 2))
    sheet.freeze_panes = "A3"
    sheet.print_title_rows = "1:2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    _head(sheet, _clean(title), columns)
    for row in first:
        sheet.append([_cell(sheet, value) for value in row])
    for row in source:
        sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _head(sheet: WriteOnlyWorksheet, title: str, columns: Sequence[str]) -> None:
    top = WriteOnlyCell(sheet, value=title)
    top.data_type = "s"
    top.font = Font(bold=True, size=14)
    sheet.append([top])
    names = []
    for name in columns:
        cell = WriteOnlyCell(sheet, value=_clean(name))
        cell.data_type = "s"
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF4")
        cell.border = Border(bottom=Side("thin", color="7A8CA0"))
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        names.append(cell)
    sheet.append(names)


def _cell(sheet: WriteOnlyWorksheet, value: Written) -> object:
    if not isinstance(value, str):
        return value.replace(tzinfo=None) if isinstance(value, datetime) else value
    text = _clean(value)
    if not text.startswith(_FORMULA):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    # Also when the cell is edited, or saved as text and opened again, a spreadsheet keeps it a text.
    cell.quotePrefix = True
    return cell


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)[:_LONGEST]


def _width(value: Written) -> int:
    """How many narrow characters wide a value is; Chinese characters take two."""
    text = "" if value is None else str(value)
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text[: 2 * _WIDEST])
