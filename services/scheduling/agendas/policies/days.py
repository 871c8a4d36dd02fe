"""How offices write days: 6月9日(星期一), 6.9（周一）, 6月10日—12日, June 9, 六月九日, or a date of the program."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from shared.sheets.cells import Cell, Formula
from shared.sheets.parsers import BadCell, shown
from shared.sheets.words import NOTHING, plain

#: Characters of a cell. More says nothing, and patterns are not to be tried on it.
LONGEST_CELL = 2_000

_WEEKDAYS = {**dict(zip("一二三四五六日", range(7), strict=True)), "天": 6, "七": 6}
_WEEKDAY = re.compile(
    r"[(\[（]?\s*(?:(?:星期|周|礼拜)\s*([一二三四五六七日天])|\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b\.?)\s*[)\]）]?",
    re.IGNORECASE,
)
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[.]?"
_HAN = "〇一二三四五六七八九"
_TO = r"\s*(?:[-–—―－~～〜]+|至|到|to|一)\s*"
_SIGN = r"\s*[./\-年]\s*"
_DAY_FORMS = (
    re.compile(rf"(?P<y>\d{{4}}){_SIGN}(?P<m>\d{{1,2}})\s*[./\-月]\s*(?P<d>\d{{1,2}})(?!\d)\s*[日号]?"),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)"),
    re.compile(r"(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?"),
    re.compile(rf"{_MONTH}\s*(?P<d>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:,?\s*(?P<y>\d{{4}}))?", re.IGNORECASE),
    re.compile(rf"(?P<d>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?\s*{_MONTH}(?:,?\s*(?P<y>\d{{4}}))?", re.IGNORECASE),
    re.compile(r"(?P<m>\d{1,2})\s*[./\-]\s*(?P<d>\d{1,2})(?!\d)\s*日?"),
    re.compile(r"(?P<d>\d{1,2})(?!\d)\s*[日号]"),
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as written. What was not written is None; month too, where only 9日 stands. weekday: Monday is 0.

    until: the last day of 6月10日—12日. rest: what else stands in the cell, such as a time.
    """

    day: int
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    until: "Day | None" = None
    rest: str = ""


def written(cell: Cell) -> str:
    """A cell as its reader sees it, times among them. Raises BadCell for an error of the spreadsheet's."""
    if isinstance(cell, Formula):
        cell = cell.cached
    if isinstance(cell, datetime):
        if cell.year < 1905:  # noqa: PLR2004  a time without a day is counted from where a spreadsheet's days begin
            return f"{cell.hour}:{cell.minute:02d}"
        return f"{cell:%Y-%m-%d}" if (cell.hour, cell.minute) == (0, 0) else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, float) and 0 < cell < 1:
        minutes = round(cell * 24 * 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(cell, float) and 1 <= cell < 13 and len(repr(cell).partition(".")[2]) == 1:  # noqa: PLR2004  months
        month, _, day = repr(cell).partition(".")
        if day in "123":
            raise BadCell(
                f"“{cell}”是数字，分不清是 {month}月{day}日还是 {month}月{day}0日，请写成“{month}月{day}日”的样子。",
                f"“{cell}” is a number: day {day} and day {day}0 look alike. Write it like {month}月{day}日.",
            )
    if isinstance(cell, str):
        if len(cell) > LONGEST_CELL:
            raise BadCell(f"超过 {LONGEST_CELL} 个字。", f"Over {LONGEST_CELL} characters.")
        found = "\n".join(plain(line) for line in shown_lines(cell)).strip()
        return "" if found.lower() in NOTHING else found
    return shown(cell)


def shown_lines(cell: str) -> list[str]:
    """The lines of a cell. Raises BadCell for an error of the spreadsheet's."""
    shown(cell)
    return [line for line in cell.splitlines() if line.strip()]


def read_day(text: str) -> Day | None:
    """The day that a text begins with, or None where it is none."""
    found = _han_digits(plain(text.replace("：", ":")))
    weekday, found = _weekday(found)
    found = found.strip(" ()（）,，、:")
    first = _one_day(found)
    if first is None:
        return None
    day, rest = first
    until = None
    if match := re.match(_TO, rest):
        # 6月10日—12日; what follows a dash in the same cell may as well be a time, which has a colon.
        second = _one_day(rest[match.end() :]) or _bare_day(rest[match.end() :])
        if second and ":" not in rest[match.end() : match.end() + 3]:
            until, rest = second
    return Day(day.day, day.month, day.year, weekday, until, rest.strip(" ()（）,，、"))


def names_day(text: str) -> bool:
    """Whether a text that may as well be a time names a day: 8.30-12.00 does not, 6月9日 8:30 does."""
    return (
        bool(re.search(rf"[月日号/年]|星期|周|\d{{4}}[-.]\d|\b{_MONTH}", text, re.IGNORECASE))
        and read_day(text) is not None
    )


def on(day: Day, *, year: int, month: int) -> date:
    """The day in a year and a month, where it names none itself. Raises BadCell where there is no such day."""
    try:
        return date(day.year or year, day.month or month, day.day)
    except ValueError:
        raise BadCell(
            f"{day.year or year} 年没有 {day.month or month} 月 {day.day} 日。",
            f"There is no day {day.day} in month {day.month or month} of {day.year or year}.",
        ) from None


def _weekday(text: str) -> tuple[int | None, str]:
    match = _WEEKDAY.search(text)
    if match is None:
        return None, text
    index = _WEEKDAYS[match[1]] if match[1] else _ENGLISH_DAYS.index(match[2].lower())
    return index, f"{text[: match.start()]} {text[match.end() :]}"


def _one_day(text: str) -> tuple[Day, str] | None:
    for form in _DAY_FORMS:
        match = form.match(text)
        if match is None:
            continue
        said = match.groupdict()
        word = next((g for g in match.groups() if g and g.lower() in _MONTHS), None)
        month = _MONTHS.index(word.lower()) + 1 if word else int(said["m"]) if said.get("m") else None
        year = int(said["y"]) if said.get("y") else None
        return Day(int(said["d"]), month, year), text[match.end() :]
    return None


def _bare_day(text: str) -> tuple[Day, str] | None:
    match = re.match(r"(\d{1,2})(?![\d:.])", text)
    return (Day(int(match[1])), text[match.end() :]) if match else None


def _han_digits(text: str) -> str:
    """六月十九日 as 6月19日."""
    return re.sub(
        r"(?<![一二三四五六七八九十])(?:[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=\s*[月日号])",
        lambda m: str(_han(m[0])),
        text,
    )


def _han(word: str) -> int:
    tens, ten, ones = word.rpartition("十")
    units = _HAN.index(ones[-1]) if ones else 0
    return units + ((_HAN.index(tens[-1]) if tens else 1) * 10 if ten else 0)


def days_in(text: str) -> Iterator[Day]:
    """All days of a text that say their month: 2025年6月9日—16日 in a title."""
    for match in re.finditer(r"(?:\d{4}\s*[年./-]\s*)?\d{1,2}\s*[月./]\s*\d{1,2}", plain(text)):
        if day := read_day(plain(text)[match.start() :]):
            yield day
