"""What one cell says, for every type of value that offices write: a parser answers the value or raises BadCell."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from shared.sheets.cells import Cell, as_date
from shared.sheets.words import NOTHING, close, key, plain
from shared.text import Sentence

Value: TypeAlias = str | int | tuple[str, ...] | None
Parser: TypeAlias = Callable[[Cell], Value]

_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_YEARS = range(1900, 2101)
_MONTH = re.compile(r"(\d{4})\s*(?:年|[-./\s])\s*(\d{1,2})(?:\s*(?:月|$)|\s*[-./\s]\s*\d{1,2}\b)")
_TOGETHER = re.compile(r"(\d{4})(\d{2})(?:\d{2})?")
_WHOLE = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.0+)?\s*[人名个所生位]?")
_PHONE = re.compile(r"\+?\d[\d\- ]{5,18}\d(?:\s*(?:转|-|x)\s*\d{1,6})?")
_SIGNS = re.compile(r"[、，,;；/|]+(?![^(]*\))")
_SPACES = re.compile(r"\s+(?![^(]*\))")


class BadCell(Exception):
    """A cell does not say what its column asks for."""

    def __init__(self, zh: str, en: str) -> None:
        """With what is wrong, in both languages."""
        super().__init__(en)
        self.sentence = Sentence(zh=zh, en=en)


def shown(cell: Cell) -> str:
    """A cell as a text, close to what its reader sees. Raises BadCell for an error of the spreadsheet's."""
    if isinstance(cell, str):
        text = plain(cell)
        if text in _ERRORS:
            raise BadCell(f"单元格里是错误值 {text}。", f"The cell holds the error {text}.")
        return text
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}"
    return str(cell)


def text(cell: Cell) -> str:
    """A text as it stands; signs for nothing (—, /, 无) are nothing."""
    found = shown(cell)
    return "" if found.lower() in NOTHING else found


def name(cell: Cell) -> str:
    """A name of a person, place or unit, without spaces between Chinese characters."""
    return close(text(cell))


def whole(cell: Cell) -> int | None:
    """A number of people or things: 1945, 1,945, １９４５, 1945人."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        found: int | None = cell
    else:
        written = text(cell).replace("，", ",")
        if not written:
            return None
        match = _WHOLE.fullmatch(written)
        found = int(match[1].replace(",", "")) if match else None
    if found is None or found < 0:
        raise BadCell(f"“{_short(cell)}”不是整数。", f"“{_short(cell)}” is not a whole number.")
    return found


def month(cell: Cell) -> str:
    """A month as YYYY-MM, or nothing: 1974年3月, 2019-8, 2003.08, 1984/03, 201908, 2019-08-15 or a date of the program."""
    if isinstance(cell, datetime):
        return f"{cell.year:04d}-{cell.month:02d}"
    if isinstance(cell, float):
        year, _, part = repr(cell).partition(".")
        if part == "1":
            # A number loses the zero at its end: nobody can tell whether January or October was written.
            raise BadCell(
                f"“{cell}”是数字，分不清是 1 月还是 10 月，请改成文本（如 {year}-10）。",
                f"“{cell}” is a number: January and October look alike. Write it as text, such as {year}-10.",
            )
        written = f"{year}.{part:0>2}" if len(part) == 1 else repr(cell)
    elif isinstance(cell, int) and 20_000 <= cell <= 60_000:  # noqa: PLR2004  a day's number without a date's format
        day = as_date(cell, datetime(1899, 12, 30))  # noqa: DTZ001  a calendar's beginning has no zone
        return f"{day:%Y-%m}" if day else ""
    else:
        written = text(cell)
    if not written:
        return ""
    match = _MONTH.match(written) or _TOGETHER.fullmatch(written)
    if match and int(match[1]) in _YEARS and 1 <= int(match[2]) <= 12:  # noqa: PLR2004  months of a year
        return f"{match[1]}-{int(match[2]):02d}"
    raise BadCell(
        f"“{_short(cell)}”看不出年月，请写成 1974-03 或 1974年3月。",
        f"“{_short(cell)}” is no month. Write it as 1974-03.",
    )


def code(cell: Cell) -> str:
    """A code of letters and digits, without spaces and signs that set it apart."""
    found = re.sub(r"[\s'‘’`]", "", text(cell)).upper()
    if found and not re.fullmatch(r"[0-9A-Z\-]+", found):
        raise BadCell(f"“{_short(cell)}”不是代码。", f"“{_short(cell)}” is not a code.")
    return found


def last(count: int) -> Parser:
    """A parser of the last so many digits of a number: a longer one is cut, zeros that a number lost are put back."""

    def parse(cell: Cell) -> str:
        found = code(cell)
        if isinstance(cell, int):
            found = found.zfill(count)
        if found and (len(found) < count or not re.fullmatch(r"\d*[\dX]", found)):
            raise BadCell(
                f"应是 {count} 位数字（末位可为 X）。", f"This should be {count} digits (the last may be X)."
            )
        return found[-count:]

    return parse


def phone(cell: Cell) -> str:
    """A telephone number, or several with 、 between; signs for nothing are nothing."""
    found = text(cell)
    numbers = [part for part in re.split(r"[、，,;；/\n]+", found) if part.strip()]
    for number in numbers:
        if not _PHONE.fullmatch(number.strip()):
            raise BadCell(
                f"“{_short(cell)}”不像电话号码。", f"“{_short(cell)}” does not look like a phone number."
            )
    return "、".join(number.strip().replace(" ", "") for number in numbers)


def choice(meanings: Mapping[str, str]) -> Parser:
    """A parser of one of a few words: `meanings` gives for each way to write it what it stands for."""
    by_key = {key(word): meaning for word, meaning in meanings.items()}
    words: dict[str, str] = {}
    for word, meaning in meanings.items():
        words.setdefault(meaning, word)

    def parse(cell: Cell) -> str:
        written = shown(cell)
        found = by_key.get(key(written)) if written else ""
        if found is None and written.lower() in NOTHING:
            found = ""
        if found is None:
            raise BadCell(
                f"不认识“{_short(cell)}”，应是：{'、'.join(words.values())}。",
                f"“{_short(cell)}” is not known; it should be one of: {', '.join(words.values())}.",
            )
        return found

    return parse


def listed(cell: Cell) -> tuple[str, ...]:
    """Names with 、 ，, ; / or spaces between (not within brackets), each once, in their order."""
    found = text(cell)
    # Where there are other signs, spaces only line names up.
    parts = (close(part) for part in (_SIGNS if _SIGNS.search(found) else _SPACES).split(found))
    return tuple(dict.fromkeys(part for part in parts if part.lower() not in NOTHING))


def _short(cell: Cell) -> str:
    return str(cell).strip()[:30]
