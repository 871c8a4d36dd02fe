"""From minutes to hours: a day is split at noon and at evening, and each part counts at most what the rule says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal

from services.scheduling.hours.model import Rule
from services.scheduling.plans.model import ZONE

#: Where a morning ends and where an afternoon does, on the clock that people plan by.
NOON, EVENING = time(13), time(18)

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Attended:
    """An occurrence that somebody was at: from when, for how many minutes, and which region hosted it."""

    starts_at: datetime
    minutes: int
    region: str = ""


def hours_each(attended: Sequence[Attended], rules: Sequence[Rule]) -> list[Decimal]:
    """学时 that each adds, by the rule that its region had on that day. All that somebody was at goes in at once.

    Of a day, morning and afternoon count at most `half_day` each and `full_day` together, the evening its minutes, the whole
    at most `daily_cap`, whatever programmes they belong to; the earlier comes first, and what lies beyond adds nothing. A day
    is counted in tenths, rounded down.
    """
    days: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    found = [Decimal(0)] * len(attended)
    for index, each in sorted(enumerate(attended), key=lambda one: one[1].starts_at):
        for day, part, minutes in _parts(each):
            rule = rule_for(rules, region=each.region, on=day)
            before = _of_day(*days[day], rule=rule)
            days[day][part] += minutes
            found[index] += _of_day(*days[day], rule=rule) - before
    return found


def total(hours: Iterable[Decimal]) -> Decimal:
    """Their sum, as a number with one decimal."""
    return sum(hours, Decimal(0)).quantize(_TENTH)


def rule_for(rules: Sequence[Rule], *, region: str, on: date) -> Rule:
    """The rule that holds in a region on a day: the nearest region around it that has said anything by then, its latest."""
    for code in (region, f"{region[:4]}00", f"{region[:2]}0000", "000000"):
        dated = [each for each in rules if each.region_code == code and each.since and each.since <= on]
        if dated:
            return max(dated, key=lambda each: each.since or date.min)
    return Rule()


def _parts(each: Attended) -> Iterator[tuple[date, int, int]]:
    """The minutes of it by day and part: 0 the morning, 1 the afternoon, 2 the evening."""
    start = each.starts_at.astimezone(ZONE)
    end = start + timedelta(minutes=each.minutes)
    while start < end:
        day = start.date()
        midnight = datetime.combine(day, time(), ZONE) + timedelta(days=1)
        bounds = (datetime.combine(day, NOON, ZONE), datetime.combine(day, EVENING, ZONE), midnight)
        part = next(number for number, bound in enumerate(bounds) if start < bound)
        until = min(end, bounds[part])
        yield day, part, int((until - start).total_seconds() // 60)
        start = until


def _of_day(morning: int, afternoon: int, evening: int, *, rule: Rule) -> Decimal:
    halves = [
        min(Decimal(part) / rule.minutes_per_hour, Decimal(rule.half_day)) for part in (morning, afternoon)
    ]
    by_light = min(sum(halves, Decimal(0)), Decimal(rule.full_day))
    day = by_light + Decimal(evening) / rule.minutes_per_hour
    return min(day, Decimal(rule.daily_cap)).quantize(_TENTH, rounding=ROUND_DOWN)
