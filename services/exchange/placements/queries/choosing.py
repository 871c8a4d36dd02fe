"""Whom and which schools a form offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.placements.policies import Asker
from shared.roster import School, roster_people, schools_in

#: Teachers of one school that a form offers.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Somebody:
    """A teacher whom a form offers."""

    id: UUID
    name: str
    subject: str
    post: str


def home_schools(db: Session, asker: Asker, own_school: UUID | None) -> list[School]:
    """The schools from which one who asks may propose somebody. One query."""
    scopes = [*asker.scopes, *(f"school:{id_}" for id_ in asker.schools)]
    if own_school is not None:
        scopes.append(f"school:{own_school}")
    return schools_in(db, scopes)


def all_schools(db: Session) -> list[tuple[str, list[School]]]:
    """Every school that may receive somebody, by county. One query."""
    schools = schools_in(db, ["all"])
    return [(name, list(some)) for name, some in groupby(schools, key=lambda school: school.region_name)]


def teachers_of(db: Session, school_id: UUID | None) -> Sequence[Somebody]:
    """Who works at a school, by name. One query."""
    if school_id is None:
        return []
    people = roster_people.c
    rows = db.execute(
        sa.select(people.person_id, people.name, people.subject, people.post)
        .where(people.school_id == school_id, sa.not_(people.left), people.merged_into.is_(None))
        .order_by(people.name, people.person_id)
        .limit(_MOST)
    )
    return [Somebody(row.person_id, row.name, row.subject, row.post) for row in rows]
