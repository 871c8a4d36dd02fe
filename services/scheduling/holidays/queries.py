"""Reads about the school calendar."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.holidays.model import CalendarDay
from services.scheduling.holidays.policies import Named, why_free
from shared.text import Sentence


def free_days(db: orm.Session, days: Iterable[date], *, region: str) -> Mapping[date, Sentence]:
    """Which of these days are free in a region, and why. One query."""
    wanted = sorted(set(days))
    if not wanted:
        return {}
    found = sa.select(CalendarDay).where(CalendarDay.day.between(wanted[0], wanted[-1]))
    named = [_named(row) for row in db.scalars(found)]
    reasons = {day: why_free(day, named, region=region) for day in wanted}
    return {day: reason for day, reason in reasons.items() if reason is not None}


def days_set(db: orm.Session, regions: Collection[str], *, year: int) -> list[Named]:
    """The days that these regions have set in a year, in order."""
    found = sa.select(CalendarDay).where(
        CalendarDay.region_code.in_(list(regions)),
        CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    return [_named(row) for row in db.scalars(found.order_by(CalendarDay.day, CalendarDay.region_code))]


def _named(row: CalendarDay) -> Named:
    return Named(row.region_code, row.day, row.kind, row.name)
