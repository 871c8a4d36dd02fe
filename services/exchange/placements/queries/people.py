"""What the roster's copy says of people and schools, as placements need it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.placements.policies import Candidate
from shared.roster import roster_people, roster_schools
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class SchoolNamed:
    """A school as people call it, and where it lies."""

    id: UUID
    name: Sentence
    region_code: str
    region_name: str
    retired: bool = False


def candidates(db: Session, ids: Collection[UUID]) -> dict[UUID, Candidate]:
    """Those of these people whom the roster's copy has. One query."""
    if not ids:
        return {}
    people = roster_people.c
    rows = db.execute(
        sa.select(
            people.person_id,
            people.name,
            people.school_id,
            people.sex,
            people.birth,
            people.since,
            people.post,
            people.title,
            people.backbone,
            people.left,
        ).where(people.person_id.in_(list(ids)), people.merged_into.is_(None))
    )
    return {row["person_id"]: Candidate(**row) for row in rows.mappings()}


def schools_named(db: Session, ids: Collection[UUID]) -> Mapping[UUID, SchoolNamed]:
    """Those of these schools that the copy has. One query."""
    if not ids:
        return {}
    schools = roster_schools.c
    rows = db.execute(sa.select(roster_schools).where(schools.school_id.in_(list(ids))))
    return {
        row.school_id: SchoolNamed(
            row.school_id,
            Sentence(zh=row.name, en=row.name_en or row.name),
            row.region_code,
            row.region_name,
            row.retired,
        )
        for row in rows
    }


def people_named(db: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """What these people are called. One query."""
    if not ids:
        return {}
    people = roster_people.c
    rows = db.execute(sa.select(people.person_id, people.name).where(people.person_id.in_(list(ids))))
    return {row.person_id: row.name for row in rows}
