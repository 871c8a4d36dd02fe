"""The days of a sheet: their year, which a title, a file's name or somebody says, and days that go on from row to row."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from services.scheduling.agendas.policies.days import Day, on
from shared.sheets.parsers import BadCell
from shared.sheets.words import plain

_SCHOOL_YEAR = re.compile(r"(20\d{2})\s*(?:[-–—~至到/]+)\s*(20\d{2}|\d{2})\s*学年")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?=\s*年|[.\-/]?(?:0[1-9]|1[0-2])(?!\d{3})|(?!\d))")
_MARKED = re.compile(r"(?<!\d)(20\d{2})\s*年")
_BEGINS, _LONGEST, _TURN = (
    8,
    62,
    6,
)  # month of a school year; days of an entry; months that a programme never jumps back
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Year:
    """The year of days that name none: one, or the two of a school year."""

    first: int
    second: int | None = None

    def of(self, month: int) -> int:
        """The year that a month lies in."""
        return self.first if self.second is None or month >= _BEGINS else self.second


def year_in(texts: Iterable[str]) -> Year | None:
    """The year that the first text with one names; None where none does, or where one names several."""
    for text in texts:
        found = plain(text)
        if match := _SCHOOL_YEAR.search(found):
            second = int(match[2]) if len(match[2]) == 4 else int(match[1][:2] + match[2])  # noqa: PLR2004  digits of a year
            return Year(int(match[1]), second)
        years = {int(year) for year in _MARKED.findall(found)} or {int(year) for year in _YEAR.findall(found)}
        if len(years) == 1:
            return Year(years.pop())
    return None


@dataclass
class Days:
    """Reads days in the order of their rows; each may lean on the one before it.

    unplaced: days that wait for a year to be said. said: weekdays that were written, for guessing which year fits.
    """

    year: Year | None
    last: date | None = None
    unplaced: int = 0
    said: set[tuple[int, int, int]] = field(default_factory=set)

    def span(self, day: Day) -> tuple[date, date] | None:
        """The first and the last day; None where no year is known. Raises BadCell for a day that does not exist."""
        if day.weekday is not None and day.month and not day.year and day.until is None:
            self.said.add((day.month, day.day, day.weekday))
        first = self._place(day)
        if first is None:
            return None
        last = first
        if day.until is not None:
            self.last = first
            last = self._place(day.until) or first
            if not first <= last or (last - first).days > _LONGEST:
                raise BadCell(f"{first} 到 {last} 不是一段日期。", f"{first} to {last} is no span of days.")
        self.last = last
        return first, last

    def contradiction(self, day: Day, first: date) -> tuple[str, str] | None:
        """Why the weekday that was written is not that of the day, if it is not."""
        if day.weekday is None or day.weekday == first.weekday():
            return None
        right, wrong = _WEEKDAYS[first.weekday()], _WEEKDAYS[day.weekday]
        return (
            f"写的是星期{wrong}，而 {first.year} 年 {first.month} 月 {first.day} 日是星期{right}；按日期读取，请核对。",
            f"The weekday written is not that of {first}, which is a {first:%A}. The date was taken; please check.",
        )

    def fits(self, years: Iterable[int]) -> tuple[int, ...]:
        """Which of the years agree with all weekdays that were written; none where none was."""
        return tuple(year for year in years if self.said and all(_is(year, *said) for said in self.said))

    def _place(self, day: Day) -> date | None:
        month = day.month or (self.last.month if self.last else None)
        if month is None:
            raise BadCell(
                f"只写了 {day.day} 日，没有写月份。", f"Only day {day.day} is written, without a month."
            )
        if not day.month and self.last and day.day < self.last.day:
            month = month % 12 + 1  # 30日, then 1日
        if day.year:
            return on(day, year=day.year, month=month)
        if self.last and self.year is None:
            year: int | None = self.last.year
        else:
            year = self.year.of(month) if self.year else None
        if year is None:
            _insist_on_some_year(day, month)
            self.unplaced += 1
            return None
        if self.last and year <= self.last.year:
            # From December to January, and on from there.
            year = max(year, self.last.year + 1 if self.last.month - month > _TURN else self.last.year)
        return on(day, year=year, month=month)


def _insist_on_some_year(day: Day, month: int) -> None:
    try:
        date(2024, month, day.day)  # a leap year: what is no day in it is none in any
    except ValueError:
        raise BadCell(
            f"没有 {month} 月 {day.day} 日。", f"There is no day {day.day} in month {month}."
        ) from None


def _is(year: int, month: int, day: int, weekday: int) -> bool:
    try:
        return date(year, month, day).weekday() == weekday
    except ValueError:
        return False
