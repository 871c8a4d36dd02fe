"""Flows between places as a picture: bars on two sides, and bands between them."""

from dataclasses import dataclass

from services.exchange.placements.queries.flows import Flow, Flows

#: The picture: how wide, where its two sides stand, how high one person is at most, and the space between two places.
WIDTH, LEFT, RIGHT, TALLEST, GAP = 760, 210, 550, 26, 14
_HIGH = 420


@dataclass(frozen=True, slots=True)
class Bar:
    """A place on one side: its name, how many leave or come, and where it stands."""

    name: str
    number: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Band:
    """A flow between two bars: the path of its middle, how thick it is, and what it says."""

    path: str
    thick: float
    flow: Flow
    across: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it, in the units of its viewBox."""

    origins: list[Bar]
    hosts: list[Bar]
    bands: list[Band]
    height: float
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT


def drawn(found: Flows, *, width: int = WIDTH, left: int = LEFT, right: int = RIGHT) -> Picture:
    """The places of both sides as bars, as high as their numbers, and a band for each flow. left, right: where the sides stand."""
    rows = sorted(found.rows, key=lambda row: (row.origin, row.host))
    people = sum(row.number for row in rows) or 1
    unit = min(TALLEST, _HIGH / people)
    origins, hosts = _side(rows, unit, origin=True), _side(rows, unit, origin=False)
    starts, comes = ({key: bar.y for key, bar in side.items()} for side in (origins, hosts))
    bands: list[Band] = []
    for row in rows:
        thick = row.number * unit
        start, end = starts[row.origin] + thick / 2, comes[row.host] + thick / 2
        starts[row.origin] += thick
        comes[row.host] += thick
        middle = (left + right) / 2
        path = f"M{left + 8} {start:.1f} C{middle} {start:.1f} {middle} {end:.1f} {right - 8} {end:.1f}"
        bands.append(Band(path, max(1.5, thick), row, row.origin[:4] != row.host[:4]))
    bars = [*origins.values(), *hosts.values()]
    height = max((bar.y + bar.height for bar in bars), default=0) + GAP
    return Picture(list(origins.values()), list(hosts.values()), bands, height, width, left, right)


def _side(rows: list[Flow], unit: float, *, origin: bool) -> dict[str, Bar]:
    """The places of one side, one below the other."""
    names: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for row in rows:
        key = row.origin if origin else row.host
        names[key] = row.origin_name if origin else row.host_name
        numbers[key] = numbers.get(key, 0) + row.number
    found: dict[str, Bar] = {}
    y = float(GAP)
    for key in sorted(names):
        height = max(1.5, numbers[key] * unit)
        found[key] = Bar(names[key], numbers[key], y, height)
        y += max(height, 14) + GAP
    return found
