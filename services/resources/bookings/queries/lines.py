"""Days and bars: where a booking lies on the line of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from services.resources.bookings.model import Booking
from services.resources.facilities.model.facility import Facility, opening
from services.resources.facilities.model.lending import why_shut

ZONE = ZoneInfo("Asia/Shanghai")
#: The hours that a timeline shows.
FIRST, LAST = 8, 21


@dataclass(frozen=True, slots=True)
class Bar:
    """A booking, or a time at which it is shut (`booking` None), in hundredths of the line."""

    left: float
    width: float
    booking: Booking | None


def day_of(said: str, now: datetime) -> date:
    """The day that an address names; today where it names none."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return now.astimezone(ZONE).date()


def on_day(day: date) -> tuple[datetime, datetime]:
    """From when to when a day is."""
    start = datetime.combine(day, time(), ZONE)
    return start, start + timedelta(days=1)


def week_of(day: date) -> list[date]:
    """The days of its week, Monday first."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def bars(facility: Facility, bookings: Sequence[Booking], day: date) -> list[Bar]:
    """What lies on the line of a day: where it is shut, then who has it."""
    start, end = (datetime.combine(day, time(hour), ZONE) for hour in (FIRST, LAST))
    open_ = opening(facility.hours.get(str(day.weekday()), ""))
    if open_ is None or day.isoformat() in facility.closed_days:
        found = [Bar(0, 100, None)]
    else:
        opens, shuts = (datetime.combine(day, each, ZONE) for each in open_)
        found = [
            _bar(start, end, from_, until, None)
            for from_, until in ((start, opens), (shuts, end))
            if from_ < until
        ]
    return found + [
        _bar(start, end, each.starts_at, each.ends_at, each)
        for each in bookings
        if each.facility_id == facility.id and each.starts_at < end and each.ends_at > start
    ]


def spans_of(hours: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Opening hours as people say them: the first and the last of days that follow each other, and their hours."""
    spans: list[tuple[int, int, str]] = []
    for day in range(7):
        said = hours.get(str(day), "")
        if said and spans and spans[-1][1:] == (day - 1, said):
            spans[-1] = (spans[-1][0], day, said)
        elif said:
            spans.append((day, day, said))
    return spans


def band(day: date, starts_at: datetime, ends_at: datetime) -> Bar:
    """Where a time that somebody wants lies on the line of its day."""
    start, end = (datetime.combine(day, time(hour), ZONE) for hour in (FIRST, LAST))
    return _bar(start, end, starts_at, ends_at, None)


def standing(
    facility: Facility, bookings: Sequence[Booking], starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> Literal["free", "busy", "shut"]:
    """Whether it can be had then, as far as hours and others go."""
    if why_shut(facility, starts_at.astimezone(zone), ends_at.astimezone(zone)) is not None:
        return "shut"
    taken = any(
        each.facility_id == facility.id
        and each.blocking
        and each.starts_at < ends_at
        and each.ends_at > starts_at
        for each in bookings
    )
    return "busy" if taken else "free"


def _bar(start: datetime, end: datetime, from_: datetime, until: datetime, booking: Booking | None) -> Bar:
    whole = (end - start).total_seconds()
    left = max(0.0, (from_ - start).total_seconds() / whole)
    right = min(1.0, (until - start).total_seconds() / whole)
    return Bar(round(100 * left, 2), round(100 * max(0.0, right - left), 2), booking)
