"""Where the marks of the pictures stand; the templates draw them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log1p

from services.resources.use.queries.comparing import RICH, Standing

#: The picture of schools: its inner width and height.
WIDE, HIGH = 640, 300
#: The picture of weeks: its height.
BARS = 120
#: Where labels turn to the left; the width of a letter of them, and the height of a line.
_EDGE, _LETTER, _LINE = 500.0, 11.5, 14.0


@dataclass(frozen=True, slots=True)
class Point:
    """Schools that stand at one place: how many, and the mark's size."""

    x: float
    y: float
    size: float
    rows: tuple[Standing, ...]
    label: str = ""

    @property
    def left(self) -> bool:
        """Whether the label stands to the left of the mark: there is no place on its right."""
        return self.x > _EDGE

    @property
    def unused(self) -> bool:
        """Whether hardly anybody uses what they own."""
        return any(row.hardly_used for row in self.rows)


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
    found = [
        Point(x, y, min(5 + 2.5 * log1p(len(at) - 1), 16), tuple(at)) for (x, y), at in sorted(places.items())
    ]
    return _labelled(found)


def poor_corner(rows: Sequence[Standing]) -> str:
    """The corner of those that are rich but hardly used, as the points of a polygon; nothing where nobody is rich."""
    most_owned = max((row.owned for row in rows), default=0)
    most_lent = max((row.lent for row in rows), default=0)
    if most_owned < RICH:
        return ""

    def place(owned: float) -> tuple[float, float]:
        """Where a school stands whose things were used once each."""
        high = min(1.0, log1p(owned) / log1p(max(most_lent, 1)))
        return round(WIDE * log1p(owned) / log1p(most_owned), 1), round(HIGH - HIGH * high, 1)

    least, most = place(RICH - 0.5), place(most_owned)
    # Once each is a straight line here, until it meets the upper edge.
    edge = place(min(most_lent, most_owned))
    around = [(least[0], float(HIGH)), least, *([edge] if least < edge else []), most, (most[0], float(HIGH))]
    return " ".join(f"{x},{y}" for x, y in dict.fromkeys(around))


def _labelled(points: list[Point]) -> list[Point]:
    """The points, with names where there is room: whose name would lie over another's is named in the table alone."""
    boxes: list[tuple[float, float, float]] = []
    told: list[Point] = []
    for point in sorted(points, key=lambda each: (-each.rows[0].lent, -each.rows[0].owned)):
        name = point.rows[0].school.name[:12] if len(point.rows) == 1 else ""
        wide = _LETTER * len(name)
        start = point.x - point.size - 3 - wide if point.left else point.x + point.size + 3
        marks = [(each.x - each.size, each.x + each.size, each.y) for each in points if each is not point]
        free = all(
            abs(point.y - y) > _LINE or start > end or start + wide < begin
            for begin, end, y in (*boxes, *marks)
        )
        if name and free:
            boxes.append((start, start + wide, point.y))
            told.append(replace(point, label=name))
        else:
            told.append(point)
    return told


def bars_of(weeks: Sequence[tuple[date, int]]) -> list[Bar]:
    """A bar for each week, as high as its uses."""
    most = max((number for _, number in weeks), default=0) or 1
    return [Bar(week, number, round(BARS * number / most, 1)) for week, number in weeks]
