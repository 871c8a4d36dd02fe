"""Who in the directory may be meant by a name."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from shared.auth.grants import significant
from shared.roster import lies_in, roster_people, roster_schools
from shared.roster.tables import roster_organisations

#: How many people of the asked names are offered.
_NAMESAKES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFound:
    """Somebody of the directory who may be meant. unit: the school or organisation that they work at."""

    id: UUID
    name: str
    unit: str
    post: str


def people_called(
    db: orm.Session, names: Collection[str], scopes: Collection[str]
) -> dict[str, list[PersonFound]]:
    """Who in the scopes has one of these names, by name: offered to a planner, never guessed. One query."""
    if not names:
        return {}
    people, schools, units = roster_people.c, roster_schools.c, roster_organisations.c
    lies = [lies_in(scope) for scope in scopes]
    rows = db.execute(
        sa.select(
            people.person_id, people.name, schools.name.label("school"), units.name.label("unit"), people.post
        )
        .outerjoin(roster_schools, schools.school_id == people.school_id)
        .outerjoin(roster_organisations, units.organisation_id == people.organisation_id)
        .where(
            people.name.in_(list(names)),
            sa.not_(people.left),
            people.merged_into.is_(None),
            sa.or_(
                sa.false(),
                *lies,
                sa.and_(units.region_code.is_not(None), _in_regions(units.region_code, scopes)),
            ),
        )
        .order_by(people.name, schools.code, people.person_id)
        .limit(_NAMESAKES)
    )
    found: dict[str, list[PersonFound]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(
            PersonFound(id=row.person_id, name=row.name, unit=row.school or row.unit or "", post=row.post)
        )
    return found


def _in_regions(region_code: sa.ColumnElement[str], scopes: Collection[str]) -> sa.ColumnElement[bool]:
    codes = [scope.removeprefix("region:") for scope in scopes if scope.startswith("region:")]
    within = (region_code.startswith(significant(code), autoescape=True) for code in codes)
    return sa.or_(sa.true() if "all" in scopes else sa.false(), *within)
