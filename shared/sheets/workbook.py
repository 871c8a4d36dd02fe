"""A workbook as rows of values: which sheets it has, and what stands in each, merged cells filled."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from shared.sheets.cells import Merge, Row, SheetParser, TooLargeError
from shared.sheets.strings import StringsParser
from shared.sheets.upload import damage_told, opened, too_large

_SMALL = 8 * 1024 * 1024  # parts that are read as trees
_SHEETS = 200
_SPREAD = 2_000_000  # cells that merges may fill
#: Formats of East Asian dates that need no definition in the file.
_EAST_ASIAN = frozenset((*range(27, 37), *range(50, 59)))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows that hold anything, each with its number. All cells of a merge have the value of the first."""

    name: str
    rows: list[Row]
    merges: tuple[Merge, ...]


def sheets_of(data: bytes, *, filename: str) -> Iterator[Sheet]:
    """The sheets of a workbook that are not hidden, one after the other; only the one at hand is held.

    Empty rows cost nothing, however many. Raises Invalid where the bytes are no workbook, or one that is encrypted,
    damaged, too large, or made to harm.
    """
    package = opened(data, filename=filename)
    with package, damage_told(filename):
        try:
            yield from _sheets(package)
        except TooLargeError as error:
            raise too_large(filename) from error


def _sheets(package: zipfile.ZipFile) -> Iterator[Sheet]:
    names = {name.lstrip("/"): name for name in package.namelist()}
    book = next(name for name in sorted(names, key=len) if name.lower().endswith("workbook.xml"))
    folder = book.rpartition("/")[0]
    links = {
        link.get("Id", ""): _path(folder, link.get("Target", ""))
        for link in _tree(package, names[f"{folder}/_rels/{book.rpartition('/')[2]}.rels".lstrip("/")])
    }
    root = _tree(package, names[book])
    epoch = _epoch(root)
    beside = {path.rpartition("/")[2].lower(): path for path in links.values() if path in names}
    dates = _dates(package, names[beside["styles.xml"]]) if "styles.xml" in beside else []
    strings = _strings(package, names[beside["sharedstrings.xml"]]) if "sharedstrings.xml" in beside else []
    listed = [entry for part in root if _local(part.tag) == "sheets" for entry in part]
    for entry in listed[:_SHEETS]:
        target = next((links.get(value, "") for key, value in entry.items() if _local(key) == "id"), "")
        if entry.get("state", "visible") != "visible" or "worksheets/" not in target:
            continue
        parser = SheetParser(strings, dates, epoch)
        with package.open(names[target]) as stream:
            parser.read(stream)
        _fill(parser.rows, parser.merges)
        yield Sheet(entry.get("name", ""), parser.rows, tuple(parser.merges))


def _fill(rows: list[Row], merges: list[Merge]) -> None:
    """Give the value of a merge to all its cells in rows that hold anything."""
    by_number = dict(rows)
    widest = max((len(cells) for _, cells in rows), default=0)
    spread = 0
    for top, left, bottom, right in merges:
        first = by_number.get(top)
        value = first[left] if first is not None and left < len(first) else None
        if value is None:
            continue
        last = min(right, widest - 1)
        numbers = range(top, bottom + 1)
        held = (
            numbers if len(numbers) < len(by_number) else sorted(n for n in by_number if top <= n <= bottom)
        )
        for number in held:
            if (cells := by_number.get(number)) is None:
                continue
            spread += last - left + 1
            if spread > _SPREAD:
                raise TooLargeError
            cells.extend([None] * (last + 1 - len(cells)))
            for column in range(left, last + 1):
                if cells[column] is None:
                    cells[column] = value


def _strings(package: zipfile.ZipFile, name: str) -> list[str]:
    parser = StringsParser()
    with package.open(name) as stream:
        parser.read(stream)
    return parser.strings


def _dates(package: zipfile.ZipFile, name: str) -> list[bool]:
    """For every style of a cell, whether it shows a number as a date."""
    root = _tree(package, name)
    formats = {
        int(f.get("numFmtId", "0")): f.get("formatCode", "")
        for part in root
        if _local(part.tag) == "numFmts"
        for f in part
    }
    styles = [style for part in root if _local(part.tag) == "cellXfs" for style in part]
    numbers = [int(style.get("numFmtId", "0")) for style in styles]
    return [
        number in _EAST_ASIAN or is_date_format(formats.get(number, BUILTIN_FORMATS.get(number, "")))
        for number in numbers
    ]


def _epoch(root: Element) -> datetime:
    for part in root:
        if _local(part.tag) == "workbookPr" and part.get("date1904") in {"1", "true"}:
            return CALENDAR_MAC_1904
    return CALENDAR_WINDOWS_1900


def _tree(package: zipfile.ZipFile, name: str) -> Element:
    if package.getinfo(name).file_size > _SMALL:
        raise TooLargeError
    return cast("Element", fromstring(package.read(name), forbid_dtd=True))


def _path(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(" ")[2]
