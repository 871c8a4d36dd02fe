"""The days of a programme side by side, half-days down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from services.scheduling.plans.model import ZONE, Occurrence
from services.scheduling.sessions.queries import SessionRow
from shared.text import Sentence

#: When the afternoon and the evening begin.
_AFTERNOON, _EVENING = 12, 18

#: Days side by side in one grid; a programme over more days than this is shown as a list.
_ABREAST, IN_GRIDS = 8, 24

HALVES = (
    Sentence(zh="上午", en="a.m."),
    Sentence(zh="下午", en="p.m."),
    Sentence(zh="晚上", en="Eve."),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Once that a session takes place, in the grid. half: 0 morning, 1 afternoon, 2 evening.

    again: it goes on from the half-day before.
    """

    session: SessionRow
    occurrence: Occurrence
    on: date
    half: int
    again: bool = False


def entries_of(sessions: Iterable[SessionRow]) -> Iterable[Entry]:
    """Each half-day in which one of the sessions goes on."""
    for session in sessions:
        for occurrence in session.occurrences:
            start, end = occurrence.starts_at.astimezone(ZONE), occurrence.ends_at.astimezone(ZONE)
            on, again = start.date(), False
            while on <= end.date():
                bounds = [datetime.combine(on, time(hour), tzinfo=ZONE) for hour in (0, _AFTERNOON, _EVENING)]
                bounds.append(bounds[0] + timedelta(days=1))
                for half, (begin, until) in enumerate(pairwise(bounds)):
                    if start < until and begin < end:
                        yield Entry(session, occurrence, on, half, again)
                        again = True
                on += timedelta(days=1)


def days_of(entries: Sequence[Entry]) -> list[date]:
    """Every day from the first to the last, those without a session, too."""
    if not entries:
        return []
    first, last = min(each.on for each in entries), max(each.on for each in entries)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def grids_of(days: Sequence[date]) -> list[Sequence[date]]:
    """The days as they stand side by side: all of them where they fit, week by week where they do not."""
    if len(days) <= _ABREAST:
        return [days]
    weeks: dict[tuple[int, int], list[date]] = {}
    for day in days:
        weeks.setdefault(day.isocalendar()[:2], []).append(day)
    return list(weeks.values())
