"""Which wishes collide with what is held, and when else there is room. Pure: frozen values in, answers out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from services.scheduling.claims.model import Held, Wanted

#: When half-days begin, and between which hours people meet.
HALF_DAYS = (time(8, 30), time(14, 30), time(19, 0))
OPENS, CLOSES = time(8, 0), time(21, 30)
BREAKS = ((time(12, 0), time(14, 0)), (time(18, 0), time(19, 0)))

#: How far from the wished time another one is looked for.
DAYS_AROUND = 14

_SATURDAY = 5


def clashes(wanted: Sequence[Wanted], held: Iterable[Held]) -> list[tuple[Wanted, Held]]:
    """Each wish with each holding of the same thing that it overlaps, by the time of the wish."""
    by_what: dict[str, list[Held]] = {}
    for holding in held:
        by_what.setdefault(holding.what, []).append(holding)
    found = [
        (wish, holding)
        for wish in wanted
        for holding in by_what.get(wish.what, ())
        if holding.starts_at < wish.ends_at and wish.starts_at < holding.ends_at
    ]
    return sorted(found, key=lambda pair: (pair[0].starts_at, pair[0].what, pair[1].starts_at))


def free_times(
    busy: Iterable[tuple[datetime, datetime]],
    *,
    wished: tuple[datetime, datetime],
    now: datetime,
    zone: tzinfo,
    within: tuple[datetime, datetime] | None = None,
    most: int = 3,
) -> list[tuple[datetime, datetime]]:
    """The times nearest to the wished one, as long as it, at which nothing of `busy` goes on; each on the clock of `zone`.

    Tried are the same hour, the half-days and right after what is busy; through meals and
    on weekends only where the wish is so, too. within: the days from the one to the other and no others, weekends or not.
    """
    start, end = (moment.astimezone(zone) for moment in wished)
    taken = sorted((begin.astimezone(zone), until.astimezone(zone)) for begin, until in busy)
    weekend = within is not None or start.weekday() >= _SATURDAY
    first, last = (moment.astimezone(zone).date() for moment in within) if within else (date.min, date.max)

    def fits(begin: datetime) -> bool:
        until = begin + (end - start)
        return (
            (begin > now or start <= now)  # what is over is only put down, and may be put down as it was
            and first <= begin.date() <= last
            and (weekend or begin.weekday() < _SATURDAY)
            and (_within_a_day(begin, until) or not _within_a_day(start, end))
            and _breaks(begin, until) <= _breaks(start, end)
            and not any(one < until and begin < other for one, other in taken)
        )

    tried: set[datetime] = {_after(until) for _, until in taken}
    for days in range(-DAYS_AROUND, DAYS_AROUND + 1):
        day = (start + timedelta(days=days)).date()
        tried |= {
            datetime.combine(day, at, tzinfo=zone) for at in (start.timetz().replace(tzinfo=None), *HALF_DAYS)
        }
    found = sorted(
        (begin for begin in tried if fits(begin)), key=lambda begin: (abs(begin - start), begin < start)
    )
    chosen: list[tuple[datetime, datetime]] = []
    for begin in found:
        until = begin + (end - start)
        if all(
            until <= one or other <= begin for one, other in chosen
        ):  # two offers that differ by minutes are one
            chosen.append((begin, until))
        if len(chosen) == most:
            break
    return chosen


def _within_a_day(begin: datetime, until: datetime) -> bool:
    return begin.date() == until.date() and begin.time() >= OPENS and until.time() <= CLOSES


def _breaks(begin: datetime, until: datetime) -> set[time]:
    """The breaks that a time within a day takes some of, each by when it begins."""
    return {first for first, last in BREAKS if begin.time() < last and until.time() > first}


def _after(moment: datetime) -> datetime:
    """The next ten minutes: nobody meets at 10:07."""
    late = timedelta(minutes=moment.minute % 10, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not late else moment - late + timedelta(minutes=10)
