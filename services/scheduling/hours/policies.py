"""From minutes to hours: a day is split at noon and at evening, and each part counts at most what the rule says."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
    """An occurrence that somebody was at: from when, for how many minutes."""

    starts_at: datetime
    minutes: int


def hours_by_day(attended: Iterable[Attended], rule: Rule) -> dict[date, Decimal]:
    """学时 of each day, in tenths, rounded down. Morning and afternoon count at most `half_day` each and `full_day`
    together, the evening its minutes, the day at most `daily_cap`.
    """  # noqa: D205  one thought
    parts: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in attended:
        start = each.starts_at.astimezone(ZONE)
        end = start + timedelta(minutes=each.minutes)
        while start < end:
            part = 0 if start.time() < NOON else 1 if start.time() < EVENING else 2
            midnight = datetime.combine(start.date() + timedelta(days=1), time(), ZONE)
            edge = midnight if part == 2 else datetime.combine(start.date(), (NOON, EVENING)[part], ZONE)  # noqa: PLR2004  the evening
            until = min(end, edge)
            parts[start.date()][part] += int((until - start).total_seconds() // 60)
            start = until
    return {day: _of_day(*minutes, rule=rule) for day, minutes in sorted(parts.items())}


def total(days: Iterable[Decimal]) -> Decimal:
    """Their sum, as a number with one decimal."""
    return sum(days, Decimal(0)).quantize(_TENTH)


def rule_for(rules: Sequence[Rule], *, region: str, on: date) -> Rule:
    """The rule that holds in a region on a day: the nearest region around it that has said anything by then, its latest."""
    for code in (region, f"{region[:4]}00", f"{region[:2]}0000", "000000"):
        dated = [each for each in rules if each.region_code == code and each.since and each.since <= on]
        if dated:
            return max(dated, key=lambda each: each.since or date.min)
    return Rule()


def _of_day(morning: int, afternoon: int, evening: int, *, rule: Rule) -> Decimal:
    halves = [
        min(Decimal(part) / rule.minutes_per_hour, Decimal(rule.half_day)) for part in (morning, afternoon)
    ]
    by_light = min(sum(halves, Decimal(0)), Decimal(rule.full_day))
    day = by_light + Decimal(evening) / rule.minutes_per_hour
    return min(day, Decimal(rule.daily_cap)).quantize(_TENTH, rounding=ROUND_DOWN)
