"""Which days a view shows, and what stands on each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from services.scheduling.plans.model import ZONE

#: A month of whole weeks, a week, or thirty days one after the other.
View = Literal["month", "week", "agenda", "day"]

#: The hours that a day's line shows.
FIRST, LAST = 7, 22

_DAY, _WEEK, _AGENDA = timedelta(days=1), timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Slot:
    """An occurrence on a calendar. programme: its title, where it is part of one; own: whether the reader hosts it."""

    session_id: UUID
    title: str
    kind: str
    state: str
    starts_at: datetime
    ends_at: datetime
    place: str
    programme: str
    own: bool

    @property
    def hours(self) -> str:
        """From when to when, as people write it."""
        return f"{self.starts_at.astimezone(ZONE):%H:%M}—{self.ends_at.astimezone(ZONE):%H:%M}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A slot on the line of a day: where it begins and how long it is, in hundredths of what is shown."""

    slot: Slot
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a view, half-open, and the days to go back and on to."""

    first: date
    end: date
    before: date
    after: date

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.first + timedelta(days=number) for number in range((self.end - self.first).days)]

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From when to when, half-open, on the clock that people plan by."""
        return datetime.combine(self.first, time(), ZONE), datetime.combine(self.end, time(), ZONE)


def span_of(view: View, at: date) -> Span:
    """The days that a view shows around a day."""
    if view == "week":
        first = at - timedelta(days=at.weekday())
        return Span(first, first + _WEEK, first - _WEEK, first + _WEEK)
    if view == "day":
        return Span(at, at + _DAY, at - _DAY, at + _DAY)
    if view == "agenda":
        return Span(at, at + _AGENDA, at - _AGENDA, at + _AGENDA)
    month = at.replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    first = month - timedelta(days=month.weekday())
    end = following + timedelta(days=-following.weekday() % 7)
    return Span(first, end, (month - timedelta(days=1)).replace(day=1), following)


def by_day(slots: Iterable[Slot], days: Sequence[date]) -> dict[date, list[Slot]]:
    """The slots of each day, by time; one that goes on over midnight stands on each of its days."""
    shown = set(days)
    found: dict[date, list[Slot]] = defaultdict(list)
    for slot in sorted(slots, key=lambda each: (each.starts_at, each.title)):
        day = slot.starts_at.astimezone(ZONE).date()
        last = (slot.ends_at - timedelta(microseconds=1)).astimezone(ZONE).date()
        while day <= last:
            if day in shown:
                found[day].append(slot)
            day += timedelta(days=1)
    return found


def readable(days: Mapping[date, Sequence[Slot]], span: Span, *, at_most: int) -> Span:
    """As many whole days from the first on as hold `at_most` slots together, one day at least; one turns to the others."""
    count, end = 0, span.first
    for day in span.days:
        count += len(days.get(day, ()))
        if count > at_most and end > span.first:
            return replace(span, end=end, after=end)
        end = day + timedelta(days=1)
    return span


def by_place(slots: Iterable[Slot]) -> list[tuple[str, list[Slot]]]:
    """The slots of each place, by name; those without one are left out: nothing can collide there."""
    found: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        if slot.place:
            found[slot.place].append(slot)
    return sorted((place, sorted(each, key=lambda one: one.starts_at)) for place, each in found.items())


def lanes(slots: Iterable[Slot], day: date) -> list[tuple[str, list[list[Bar]]]]:
    """The lines of each place on a day, by name, and last of what has none: one line, and another for each that overlaps."""
    first = datetime.combine(day, time(FIRST), ZONE)
    whole = timedelta(hours=LAST - FIRST)
    found: dict[str, list[list[Bar]]] = defaultdict(list)
    for slot in sorted(slots, key=lambda each: (each.starts_at, each.ends_at, each.title)):
        start, end = max(slot.starts_at, first), min(slot.ends_at, first + whole)
        if start >= end:  # outside of these hours: it stands at the edge, not nowhere
            edge = first if slot.ends_at <= first else first + whole * 29 / 30
            start, end = edge, edge + whole / 30
        bar = Bar(slot, round(100 * ((start - first) / whole), 2), round(100 * ((end - start) / whole), 2))
        lines = found[slot.place]
        free = next((line for line in lines if line[-1].slot.ends_at <= slot.starts_at), None)
        if free is None:
            lines.append([bar])
        else:
            free.append(bar)
    return sorted(found.items(), key=lambda each: (not each[0], each[0]))
