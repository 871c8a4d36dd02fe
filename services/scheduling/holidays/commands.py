"""Setting a day of a region's calendar, and taking it out again."""

from collections.abc import Collection
from datetime import date

from services.scheduling.holidays.model import CalendarDay
from services.scheduling.hosting.model import host_for
from shared.db import Transaction
from shared.errors import NotFound
from shared.text import Sentence


def set_day(
    tx: Transaction, *, region: str, day: date, kind: str, name: str, scopes: Collection[str]
) -> CalendarDay:
    """A day is a holiday or a workday in a region of the scopes. Raises Invalid, Forbidden."""
    code = host_for(region, scopes)
    row = tx.db.get(CalendarDay, (code, day)) or CalendarDay(region_code=code, day=day)
    row.say(kind, name, by=tx.actor, at=tx.now)
    tx.db.add(row)
    tx.record(what="scheduling.calendar.day_set", subject_kind="region", subject=f"{code} {day}")
    return row


def forget_day(tx: Transaction, *, region: str, day: date, scopes: Collection[str]) -> None:
    """The day is again what it is everywhere. Raises NotFound, Forbidden."""
    code = host_for(region, scopes)
    row = tx.db.get(CalendarDay, (code, day))
    if row is None:
        raise NotFound(Sentence(zh="日历里没有这一天。", en="The calendar does not name this day."))
    tx.db.delete(row)
    tx.record(what="scheduling.calendar.day_forgotten", subject_kind="region", subject=f"{code} {day}")
