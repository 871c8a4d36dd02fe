"""Quiet hours: until when something is held, by the clock and the calendar of the place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SATURDAY = 5

#: Holidays in a row are never as many; a calendar that is wrong must not hold for ever.
_LONGEST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """When somebody is not to be disturbed: minutes of the day, across midnight where ends is the smaller."""

    starts: int = 0
    ends: int = 0
    days_off: bool = False
    digest_at: int = 17 * 60
    zone: str = "Asia/Shanghai"


def works_on(day: date, days: Mapping[str, bool]) -> bool:
    """Whether people work on that day: as the calendar says, or else by its weekday."""
    said = days.get(day.isoformat())
    return day.weekday() < _SATURDAY if said is None else said


def held_until(now: datetime, habits: Habits, days: Mapping[str, bool]) -> datetime | None:
    """When something that is ready now may go out; None: at once."""
    here = now.astimezone(_zone(habits.zone))
    at = here
    if _quiet(at, habits):
        at = _at(at.date(), habits.ends, at)
        if at <= here:
            at = _at(here.date() + timedelta(days=1), habits.ends, at)
    if habits.days_off and not works_on(at.date(), days):
        for _ in range(_LONGEST):
            at = _at(at.date() + timedelta(days=1), habits.ends, at)
            if works_on(at.date(), days):
                break
    return None if at <= here else at.astimezone(UTC)


def digest_due(now: datetime, habits: Habits, days: Mapping[str, bool]) -> datetime:
    """The next moment at which a digest goes out; on days off only to those who want to hear then."""
    here = now.astimezone(_zone(habits.zone))
    at = _at(here.date(), habits.digest_at, here)
    if at <= here:
        at = _at(here.date() + timedelta(days=1), habits.digest_at, here)
    for _ in range(_LONGEST):
        if not habits.days_off or works_on(at.date(), days):
            break
        at = _at(at.date() + timedelta(days=1), habits.digest_at, here)
    return at.astimezone(UTC)


def _quiet(at: datetime, habits: Habits) -> bool:
    minute = at.hour * 60 + at.minute
    if habits.starts <= habits.ends:
        return habits.starts <= minute < habits.ends
    return minute >= habits.starts or minute < habits.ends


def _at(day: date, minute: int, like: datetime) -> datetime:
    return datetime.combine(day, time(minute // 60 % 24, minute % 60), tzinfo=like.tzinfo)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):  # a region may name a zone that this machine does not know
        return ZoneInfo("Asia/Shanghai")
