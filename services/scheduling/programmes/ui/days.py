"""The days of a programme side by side, and its sessions where the clock says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.scheduling.plans.model import ZONE, Occurrence
from services.scheduling.sessions.queries import SessionRow

#: Days side by side in one grid; a programme over more days than this is shown as a list.
_ABREAST, IN_GRIDS = 8, 24

#: The hours that a grid shows at least; what begins earlier or ends later widens it.
_FROM, _TO = 8, 18

#: How tall an hour is, and a session at least, in pixels: two lines of its title.
HOUR, _LEAST = 40, 38


@dataclass(frozen=True, slots=True)
class Entry:
    """A session on one of the days on which it goes on. start, end: hours of that day. again: it began on a day before."""

    session: SessionRow
    occurrence: Occurrence
    on: date
    start: float
    end: float
    again: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """An entry where it is drawn: from the top of the grid in pixels, and across its day in hundredths."""

    entry: Entry
    top: int
    height: int
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Days side by side. hours: those at its lines; height: in pixels; blocks: of each day, by time."""

    days: Sequence[date]
    hours: range
    blocks: dict[date, list[Block]]

    @property
    def height(self) -> int:
        """Of all its hours."""
        return len(self.hours) * HOUR


def entries_of(sessions: Iterable[SessionRow]) -> list[Entry]:
    """Each day on which one of the sessions goes on."""
    found: list[Entry] = []
    for session in sessions:
        for occurrence in session.occurrences:
            start, end = occurrence.starts_at.astimezone(ZONE), occurrence.ends_at.astimezone(ZONE)
            on, again = start.date(), False
            while datetime.combine(on, time(), ZONE) < end:
                midnight = datetime.combine(on, time(), ZONE)
                begin, until = max(start, midnight), min(end, midnight + timedelta(days=1))
                found.append(Entry(session, occurrence, on, _hours(begin - midnight), _hours(until - midnight), again))  # fmt: skip
                on, again = on + timedelta(days=1), True
    return sorted(found, key=lambda each: (each.on, each.start, each.session.title))


def days_of(entries: Sequence[Entry]) -> list[date]:
    """Every day from the first to the last, those without a session, too."""
    if not entries:
        return []
    first, last = min(each.on for each in entries), max(each.on for each in entries)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def grids_of(entries: Sequence[Entry]) -> list[Grid]:
    """The days as they stand side by side: all of them where they fit, week by week where they do not, none where too many."""
    days = days_of(entries)
    if not days or len(days) > IN_GRIDS:
        return []
    if len(days) <= _ABREAST:
        return [_grid(days, entries)]
    weeks: dict[tuple[int, int], list[date]] = {}
    for day in days:
        weeks.setdefault(day.isocalendar()[:2], []).append(day)
    return [_grid(week, [each for each in entries if each.on in week]) for week in weeks.values()]


def _grid(days: Sequence[date], entries: Sequence[Entry]) -> Grid:
    first = min([_FROM, *(int(each.start) for each in entries)])
    last = max([_TO, *(-int(-each.end // 1) for each in entries)])
    of_day = {day: [each for each in entries if each.on == day] for day in days}
    return Grid(days, range(first, last), {day: _blocks(each, first) for day, each in of_day.items()})


def _blocks(entries: Sequence[Entry], first: int) -> list[Block]:
    """Those of a day, by time. What overlaps shares the width of the day, so that neither hides the other."""
    blocks: list[Block] = []
    beside: list[Entry] = []
    for entry in entries:
        if beside and entry.start >= max(each.end for each in beside):
            blocks += _abreast(beside, first)
            beside = []
        beside.append(entry)
    return blocks + _abreast(beside, first)


def _abreast(entries: Sequence[Entry], first: int) -> list[Block]:
    ends: list[float] = []
    placed: list[tuple[Entry, int]] = []
    for entry in entries:
        column = next((at for at, end in enumerate(ends) if end <= entry.start), len(ends))
        ends[column : column + 1] = [entry.end]
        placed.append((entry, column))
    return [
        Block(
            entry,
            top=round((entry.start - first) * HOUR),
            height=max(round((entry.end - entry.start) * HOUR), _LEAST),
            left=round(100 * column / len(ends), 2),
            width=round(100 / len(ends), 2),
        )
        for entry, column in placed
    ]


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)
