"""Reads about school years."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.people.model import Person
from services.directory.schools.model import School
from services.directory.years.model import SchoolYear


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of a school year, or of now: how many schools, pupils and people. year: None for now."""

    year: int | None
    schools: int
    pupils: int
    people: int


@dataclass(frozen=True, slots=True)
class YearRow:
    """A school's figures of a school year. pupils is None where nobody had counted."""

    year: int
    pupils: int | None
    pupils_primary: int | None
    pupils_junior: int | None
    people: int


def is_closed(db: Session, year: int) -> bool:
    """Whether the school year was closed. One query."""
    return bool(db.scalar(sa.select(sa.exists().where(SchoolYear.year == year))))


def years_closed(db: Session) -> list[Totals]:
    """The school years that were closed, the last first. One query."""
    rows = db.execute(
        sa.select(
            SchoolYear.year,
            sa.func.count(),
            sa.func.sum(SchoolYear.pupils),
            sa.func.sum(SchoolYear.people),
        )
        .group_by(SchoolYear.year)
        .order_by(SchoolYear.year.desc())
    )
    return [
        Totals(year, schools, int(pupils or 0), int(people or 0)) for year, schools, pupils, people in rows
    ]


def totals_now(db: Session) -> Totals:
    """What closing would write down. One query."""
    teach = School.retired_at.is_(None)
    people = (
        sa.select(sa.func.count())
        .select_from(Person)
        .join(School, School.id == Person.school_id)
        .where(teach, Person.left_at.is_(None))
        .scalar_subquery()
    )
    schools, pupils, at_work = db.execute(
        sa.select(sa.func.count(), sa.func.sum(School.pupils), people).where(teach)
    ).one()
    return Totals(None, schools, int(pupils or 0), at_work or 0)


def years_of(db: Session, school: UUID) -> Sequence[YearRow]:
    """A school's figures of the school years that were closed, the last first. One query."""
    rows = db.execute(
        sa.select(
            SchoolYear.year,
            SchoolYear.pupils,
            SchoolYear.pupils_primary,
            SchoolYear.pupils_junior,
            SchoolYear.people,
        )
        .where(SchoolYear.school_id == school)
        .order_by(SchoolYear.year.desc())
    )
    return [YearRow(*row) for row in rows]
