"""Who sends whom where, as a picture, with the table beside it."""

from dataclasses import dataclass

from flask import render_template

from services.exchange.placements.policies import MAY
from services.exchange.placements.queries.flows import Between, Flow, Flows, flows
from services.exchange.placements.ui.asking import asker, blueprint, school_year, today
from shared.web.edge import reading
from shared.web.lists import listing
from shared.web.scopes import scopes

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


@blueprint.get("/flows")
@MAY["see"]
def picture() -> str:
    """Flows of a school year between regions, or with `?between=schools` between schools."""
    wanted = listing(sorts=("number",), filters=("year", "between"), default="-number")
    now = school_year(today())
    year = int(said) if (said := wanted.get("year")).isdigit() and len(said) == len("2025") else now
    between: Between = "schools" if wanted.get("between") == "schools" else "regions"
    with reading() as db:
        found = flows(db, asker(db), year=year, between=between, scopes=scopes())
    return render_template(
        "exchange/flows.html",
        wanted=wanted,
        found=found,
        picture=drawn(found),
        year=year,
        between=between,
        years=[(str(each), f"{each}–{each + 1}") for each in range(now + 1, now - 4, -1)],
        WIDTH=WIDTH,
        LEFT=LEFT,
        RIGHT=RIGHT,
    )


def drawn(found: Flows) -> Picture:
    """The places of both sides as bars, as high as their numbers, and a band for each flow."""
    rows = sorted(found.rows, key=lambda row: (row.origin, row.host))
    people = sum(row.number for row in rows) or 1
    unit = min(TALLEST, _HIGH / people)
    origins, hosts = _side(rows, unit, origin=True), _side(rows, unit, origin=False)
    left, right = ({key: bar.y for key, bar in side.items()} for side in (origins, hosts))
    bands: list[Band] = []
    for row in rows:
        thick = row.number * unit
        start, end = left[row.origin] + thick / 2, right[row.host] + thick / 2
        left[row.origin] += thick
        right[row.host] += thick
        middle = (LEFT + RIGHT) / 2
        path = f"M{LEFT + 8} {start:.1f} C{middle} {start:.1f} {middle} {end:.1f} {RIGHT - 8} {end:.1f}"
        bands.append(Band(path, max(1.5, thick), row, row.origin[:4] != row.host[:4]))
    bars = [*origins.values(), *hosts.values()]
    height = max((bar.y + bar.height for bar in bars), default=0) + GAP
    return Picture(list(origins.values()), list(hosts.values()), bands, height)


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
