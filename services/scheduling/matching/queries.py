"""A list beside the roster's copy: two questions to it, whatever the list's length, and then what they answer."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.scheduling.matching.model import Asked, Known, Match, Unit
from services.scheduling.matching.policies import People, Units, few, match_all
from shared.roster.tables import roster_organisations, roster_people, roster_schools
from shared.sheets.words import close

_AT_ONCE = 400  # values of one IN


def matches(db: Session, asked: Sequence[Asked]) -> list[Match]:
    """What the directory knows of each of them, in their order."""
    schools, offices = roster_schools.c, roster_organisations.c
    listed = sa.union_all(
        sa.select(schools.school_id, schools.name, schools.region_code, sa.literal(1)).where(
            sa.not_(schools.retired)
        ),
        sa.select(offices.organisation_id, offices.name, offices.region_code, sa.literal(0)).where(
            sa.not_(offices.retired)
        ),
    )
    units = {id_: Unit(id_, name, region, bool(school)) for id_, name, region, school in db.execute(listed)}
    called = Units(units.values())
    meant = set()
    for written in {one.units for one in asked}:
        exact, near = called.find(*written)
        meant |= {unit.id for unit in (*exact, *few(near))}
    people = roster_people.c
    place = sa.func.coalesce(people.school_id, people.organisation_id)
    names = sorted({close(one.name) for one in asked if one.name})
    found: dict[object, Known] = {}
    for column, values in ((people.name, names), (place, sorted(meant))):
        for some in _some(values):
            rows = db.execute(
                sa.select(people.person_id, people.name, people.post, place, people.left).where(
                    column.in_(some), people.merged_into.is_(None)
                )
            )
            for id_, name, post, at, left in rows:
                if at in units:
                    found[id_] = Known(id_, name, post, units[at], left)
    return match_all(asked, People(called, found.values()))


def _some(values: Sequence[object]) -> Iterator[Sequence[object]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
