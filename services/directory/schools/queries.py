"""Reads about schools."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.schools.model import School
from shared.auth.grants import significant
from shared.contracts.directory import SchoolChanged


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school in a list."""

    id: UUID
    code: str
    name: str
    name_en: str
    stage: str
    region_name: str


def schools_within(db: Session, scopes: Iterable[str]) -> list[SchoolRow]:
    """The schools that lie in any of the scopes, by region and code."""
    rows = db.execute(
        sa.select(School.id, School.code, School.name, School.name_en, School.stage, School.region_name)
        .where(sa.or_(sa.false(), *(_within(scope) for scope in scopes)))
        .order_by(School.region_code, School.code)
    )
    return [SchoolRow(*row) for row in rows]


def states(db: Session) -> Iterator[SchoolChanged]:
    """The present state of every school."""
    for school in db.scalars(sa.select(School).order_by(School.id)).yield_per(500):
        yield school.state()


def _within(scope: str) -> sa.ColumnElement[bool]:
    kind, _, value = scope.partition(":")
    if scope == "all":
        return sa.true()
    if kind == "region":
        return School.region_code.startswith(significant(value), autoescape=True)
    return School.id == UUID(value) if kind == "school" else sa.false()
