"""How offices write days and times: 6月9日(星期一), 6.9（周一）, 8:30—12:00, 下午2:30至5:30, 全天."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal, TypeAlias

from shared.sheets.cells import Cell, Formula
from shared.sheets.parsers import BadCell, shown
from shared.sheets.words import NOTHING, plain

Part = Literal["day", "morning", "afternoon", "evening"]
Times: TypeAlias = tuple[time, time]

_PARTS: tuple[tuple[str, Part], ...] = (
    (r"全天|整天|全日|(?<!第)一天|白天|whole day|full day|all day|day", "day"),
    (r"上午|早上|早晨|清晨|早|morning|a\.?m\.?", "morning"),
    (r"下午|午后|afternoon|p\.?m\.?", "afternoon"),
    (r"晚上|晚间|傍晚|夜间|晚|evening|night", "evening"),
)
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
    re.compile(rf"(?P<y>\d{{4}}){_SIGN}(?P<m>\d{{1,2}})\s*[./\-月]\s*(?P<d>\d{{1,2}})\s*[日号]?"),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]?"),
    re.compile(rf"{_MONTH}\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s*(?P<y>\d{{4}}))?", re.IGNORECASE),
    re.compile(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*{_MONTH}(?:,?\s*(?P<y>\d{{4}}))?", re.IGNORECASE),
    re.compile(r"(?P<m>\d{1,2})\s*[./\-]\s*(?P<d>\d{1,2})\s*日?"),
    re.compile(r"(?P<d>\d{1,2})\s*[日号]"),
)
_CLOCK = (
    r"(?P<before{n}>上午|中午|下午|晚上|早上|早晨|晚间|晚|早|[ap]\.?m\.?)?\s*"
    r"(?:(?P<h{n}>\d{{1,2}})\s*(?:[:.点时]\s*(?P<m{n}>\d{{1,2}}|半|一刻|三刻)?\s*分?)?|(?P<hm{n}>\d{{4}}))(?!\d)"
    r"\s*(?P<after{n}>[ap]\.?m\.?)?"
)
_RANGE = re.compile(_CLOCK.format(n=1) + _TO + _CLOCK.format(n=2), re.IGNORECASE)
_MOMENT = re.compile(_CLOCK.format(n=1), re.IGNORECASE)
_NOON, _NIGHT, _HOURS = 12, 6, 24


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


@dataclass(frozen=True, slots=True)
class When:
    """Times of a day as written: from and to, or the part of the day alone. assumed: 2:30 was taken for the afternoon."""

    times: tuple[Times, ...] = ()
    part: Part | None = None
    assumed: bool = False


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


def read_when(text: str, part: Part | None = None) -> When | None:
    """The times that a text says, or None where it says none. part: what another column says of them.

    Raises BadCell for a time that does not exist, an end before its start, or a start without an end.
    """
    found = plain(text.replace("：", ":").replace("\n", " "))
    times, assumed = [], False
    for match in _RANGE.finditer(found):
        start, end, taken = _range(match, part or read_part(found))
        times.append((start, end))
        assumed = assumed or taken
    own = read_part(found)
    if times:
        return When(tuple(times), own or part, assumed)
    if _MOMENT.search(found) and re.search(r"\d\s*[:点时]|\d{4}", found):
        raise BadCell(
            f"“{found[:30]}”只有开始没有结束，请写成 8:30—12:00 的样子。",
            f"“{found[:30]}” has a start but no end. Write it like 8:30-12:00.",
        )
    return When((), own, assumed=False) if own else None


def read_moment(text: str, part: Part | None = None) -> time | None:
    """One time of day, as columns for starts and ends have it; None where there is none. Raises BadCell."""
    found = plain(text.replace("：", ":"))
    match = _MOMENT.search(found)
    if match is None:
        return None
    return _clock(match, 1, part or read_part(found))[0]


def read_part(text: str) -> Part | None:
    """The part of the day that a text names first."""
    found = plain(text)
    at = {
        part: match.start()
        for words, part in _PARTS
        if (match := re.search(rf"(?<![a-z])(?:{words})(?![a-z])", found, re.IGNORECASE))
    }
    return min(at, key=lambda part: at[part]) if at else None


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
        if match is None or text[match.end() : match.end() + 1].isdigit():
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


def _range(match: re.Match[str], part: Part | None) -> tuple[time, time, bool]:
    start, assumed = _clock(match, 1, part)
    later = part if not match["before2"] else None
    end, taken = _clock(match, 2, later)
    assumed = assumed or taken
    if assumed or (end <= start and end.hour < _NOON and not match["before2"] and match["after2"] is None):
        # 下午2:30-5:30 and 11:00-1:30 are written so; nobody means the night.
        moved = end.replace(hour=end.hour + _NOON) if end.hour < _NOON else end
        if moved > start and (assumed or end.hour < _NIGHT):
            end, assumed = moved, True
    if end <= start:
        raise BadCell(
            f"结束时间 {end:%H:%M} 不晚于开始时间 {start:%H:%M}。",
            f"It ends at {end:%H:%M}, not after it starts at {start:%H:%M}.",
        )
    return start, end, assumed


def _clock(match: re.Match[str], n: int, part: Part | None) -> tuple[time, bool]:
    """The time, and whether a small hour that nothing explains was taken for the afternoon."""
    if match[f"hm{n}"]:
        hour, minute = int(match[f"hm{n}"][:2]), int(match[f"hm{n}"][2:])
    else:
        said = {"半": 30, "一刻": 15, "三刻": 45}
        hour, text = int(match[f"h{n}"]), match[f"m{n}"] or "0"
        minute = said[text] if text in said else int(text)
    if hour >= _HOURS or minute >= 60:  # noqa: PLR2004  minutes of an hour
        raise BadCell(
            f"没有 {hour}:{minute:02d} 这个时间。", f"There is no such time as {hour}:{minute:02d}."
        )
    word = match[f"before{n}"] or match[f"after{n}"]
    spoken = read_part(word) if word else None
    spoken = spoken or part
    if spoken in {"afternoon", "evening"} and hour < _NOON:
        return time(hour + _NOON, minute), False
    if spoken is None and hour < _NIGHT:
        return time(hour + _NOON, minute), True
    return time(hour, minute), False


def _han_digits(text: str) -> str:
    """六月十九日 as 6月19日."""
    return re.sub(r"[〇一二三四五六七八九十]{1,3}(?=\s*[月日号])", lambda m: str(_han(m[0])), text)


def _han(word: str) -> int:
    tens, ten, ones = word.rpartition("十")
    units = _HAN.index(ones[-1]) if ones else 0
    return units + ((_HAN.index(tens[-1]) if tens else 1) * 10 if ten else 0)


def days_in(text: str) -> Iterator[Day]:
    """All days of a text that say their month: 2025年6月9日—16日 in a title."""
    for match in re.finditer(r"(?:\d{4}\s*[年./-]\s*)?\d{1,2}\s*[月./]\s*\d{1,2}", plain(text)):
        if day := read_day(plain(text)[match.start() :]):
            yield day
