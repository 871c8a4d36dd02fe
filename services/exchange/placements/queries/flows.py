"""Who sends whom where: numbers between regions, or between schools."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.placements.model import LASTS_AT_MOST, Placement
from services.exchange.placements.policies import Asker
from services.exchange.placements.queries.reaching import reaches
from shared.roster import roster_schools
from shared.roster.tables import roster_regions

Between = Literal["regions", "schools"]

#: Flows that a picture shows; the rest is counted.
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Flow:
    """How many go from one place to another; the codes or ids and the names of both."""

    origin: str
    host: str
    origin_name: str
    host_name: str
    number: int


@dataclass(frozen=True, slots=True)
class Flows:
    """The greatest flows first; how many people there are in all, and how many flows are not among them."""

    rows: Sequence[Flow]
    people: int
    more: int


def flows(
    db: Session, asker: Asker, *, year: int, between: Between, scopes: Iterable[str] | None = None
) -> Flows:
    """Who is sent where in a school year, of those whose time it takes and who were agreed to. Two queries."""
    origin, host = (
        (Placement.origin_region, Placement.host_region)
        if between == "regions"
        else (Placement.origin_school_id, Placement.host_school_id)
    )
    first = date(year, 9, 1)
    number = sa.func.count().label("number")
    rows = db.execute(
        sa.select(origin.label("origin"), host.label("host"), number)
        .where(
            reaches(asker, scopes=scopes),
            Placement.taking,
            Placement.state.not_in(("applied", "nominated", "accepted")),
            # Nobody is placed for longer: the earliest day that one begins who is there still, for the index to begin at.
            Placement.starts_on.between(first - timedelta(days=LASTS_AT_MOST), date(year + 1, 8, 31)),
            sa.func.coalesce(Placement.left_on, Placement.ends_on) >= first,
        )
        .group_by(origin, host)
        .order_by(number.desc(), origin, host)
    ).all()
    shown = rows[:SHOWN]
    names = _names(db, {id_ for row in shown for id_ in (row.origin, row.host)}, between)
    return Flows(
        [
            Flow(
                str(row.origin),
                str(row.host),
                names.get(row.origin, str(row.origin)),
                names.get(row.host, str(row.host)),
                row.number,
            )
            for row in shown
        ],
        sum(row.number for row in rows),
        len(rows) - len(shown),
    )


def _names(db: Session, ids: set[str] | set[UUID], between: Between) -> dict[object, str]:
    if not ids:
        return {}
    if between == "schools":
        rows = db.execute(
            sa.select(roster_schools.c.school_id, roster_schools.c.name).where(
                roster_schools.c.school_id.in_(list(ids))
            )
        )
        return {row.school_id: row.name for row in rows}
    rows = db.execute(
        sa.select(roster_regions.c.code, roster_regions.c.name).where(roster_regions.c.code.in_(list(ids)))
    )
    found: dict[object, str] = {row.code: row.name for row in rows}
    missing = [code for code in ids if code not in found]
    if missing:  # the copy of a region may come later than its schools
        schools = db.execute(
            sa.select(roster_schools.c.region_code, roster_schools.c.region_name)
            .where(roster_schools.c.region_code.in_(missing))
            .distinct()
        )
        found |= {row.region_code: row.region_name for row in schools}
    return found
