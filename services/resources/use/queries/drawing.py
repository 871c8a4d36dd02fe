"""Where the marks of the pictures stand; the templates draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log1p

from services.resources.use.queries.comparing import Standing

#: The picture of schools: its inner width and height.
WIDE, HIGH = 640, 300
#: The picture of weeks: its height.
BARS = 120


@dataclass(frozen=True, slots=True)
class Point:
    """Schools that stand at one place: how many, and the mark's size."""

    x: float
    y: float
    size: float
    rows: tuple[Standing, ...]

    @property
    def unused(self) -> bool:
        """Whether they own something that nobody else uses."""
        return any(row.owned and not row.lent for row in self.rows)


@dataclass(frozen=True, slots=True)
class Bar:
    """A week and its uses."""

    week: date
    number: int
    height: float


def points_of(rows: Sequence[Standing]) -> list[Point]:
    """Schools by what they own (across) and what of it others use (upwards), both by their logarithms: few own much."""
    most_owned = max((row.owned for row in rows), default=0)
    most_lent = max((row.lent for row in rows), default=0)
    places: dict[tuple[float, float], list[Standing]] = {}
    for row in rows:
        x = round(WIDE * log1p(row.owned) / (log1p(most_owned) or 1), 1)
        y = round(HIGH - HIGH * log1p(row.lent) / (log1p(most_lent) or 1), 1)
        places.setdefault((x, y), []).append(row)
    return [
        Point(x, y, min(5 + 2.5 * log1p(len(at) - 1), 16), tuple(at)) for (x, y), at in sorted(places.items())
    ]


def bars_of(weeks: Sequence[tuple[date, int]]) -> list[Bar]:
    """A bar for each week, as high as its uses."""
    most = max((number for _, number in weeks), default=0) or 1
    return [Bar(week, number, round(BARS * number / most, 1)) for week, number in weeks]
