"""The copy of the schools, fed by directory's compacted topic and answered in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Table, Text, Uuid
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.auth.grants import significant
from shared.contracts.directory import SchoolChanged
from shared.db import Transaction
from shared.db.base import SPINE

roster_schools = Table(
    "roster_schools",
    SPINE,
    Column("school_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("region_code", Text, nullable=False, index=True),
    Column("region_name", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class School:
    """A school as this service knows it."""

    id: UUID
    code: str
    name: str
    name_en: str
    region_code: str
    region_name: str


def keep_school(tx: Transaction, event: SchoolChanged) -> None:
    """Keep a school's newest state; older ones, which may come again, are ignored."""
    insert = postgresql.insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "version": event.version,
        "code": event.code,
        "name": event.name,
        "name_en": event.name_en,
        "stage": event.stage,
        "region_code": event.region_code,
        "region_name": event.region_name,
    }
    tx.db.execute(
        insert(roster_schools)
        .values(school_id=event.school_id, **values)
        .on_conflict_do_update(
            index_elements=["school_id"], set_=values, where=roster_schools.c.version < event.version
        )
    )


def schools_in(db: Session, scopes: Iterable[str]) -> list[School]:
    """The schools that lie in any of the scopes, by region and code."""
    table = roster_schools
    rows = db.execute(
        sa.select(table)
        .where(sa.or_(sa.false(), *(_within(scope) for scope in scopes)))
        .order_by(table.c.region_code, table.c.code)
    )
    return [
        School(row.school_id, row.code, row.name, row.name_en, row.region_code, row.region_name)
        for row in rows
    ]


def _within(scope: str) -> sa.ColumnElement[bool]:
    kind, _, value = scope.partition(":")
    if scope == "all":
        return sa.true()
    if kind == "region":
        return roster_schools.c.region_code.startswith(significant(value), autoescape=True)
    if kind == "school":
        return roster_schools.c.school_id == UUID(value)
    return sa.false()
