"""Placements as pages show them: with names, the steps that they took, and the other one of a pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.placements.model import Note, Party, Placement, Step, Verb
from services.exchange.placements.policies import Asker
from services.exchange.placements.queries.people import SchoolNamed, people_named, schools_named
from services.exchange.placements.queries.reaching import reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRow:
    """A placement as its pages show it. name: of the person; None of home and host: the roster's copy has it not yet.

    awaited, by: what is waited for, and of whom. last_on: the last day that it was, or is to be.
    """

    id: UUID
    version: int
    person_id: UUID
    name: str
    home: SchoolNamed | None
    host: SchoolNamed | None
    origin_school_id: UUID
    host_school_id: UUID
    origin_region: str
    host_region: str
    kind: str
    state: str
    starts_on: date
    ends_on: date
    last_on: date
    relation_moves: bool
    remark: str
    reason: str
    justified: bool | None
    notes: tuple[Note, ...]
    source: str
    pair_id: UUID | None
    agreement_id: UUID | None
    agreement_version: int | None
    awaited: Verb | None
    by: frozenset[Party]
    agreed_origin: datetime | None
    agreed_host: datetime | None
    changed_at: datetime


def one(db: Session, placement: Placement) -> PlacementRow:
    """A placement as its page shows it. Two queries."""
    [row] = rows_of(db, [placement])
    return row


def steps_of(db: Session, placement_id: UUID) -> list[Step]:
    """The steps that it took, in their order. One query."""
    return list(db.scalars(sa.select(Step).where(Step.placement_id == placement_id).order_by(Step.number)))


def paired(db: Session, asker: Asker, row: PlacementRow) -> PlacementRow | None:
    """The other one of a pair, if it is one."""
    if row.pair_id is None:
        return None
    other = db.scalar(
        sa.select(Placement).where(Placement.pair_id == row.pair_id, Placement.id != row.id, reaches(asker))
    )
    return one(db, other) if other else None


def rows_of(db: Session, placements: Sequence[Placement]) -> list[PlacementRow]:
    """As rows, with the names. Two queries."""
    names = people_named(db, {each.person_id for each in placements})
    schools = schools_named(
        db, {id_ for each in placements for id_ in (each.origin_school_id, each.host_school_id)}
    )
    return [_row(each, names.get(each.person_id, ""), schools) for each in placements]


def _row(each: Placement, name: str, schools: Mapping[UUID, SchoolNamed]) -> PlacementRow:
    awaited = each.awaited()
    same: dict[str, Any] = {
        field: getattr(each, field)
        for field in PlacementRow.__dataclass_fields__
        if field not in {"name", "home", "host", "notes", "awaited", "by"}
    }
    return PlacementRow(
        **same,
        name=name,
        home=schools.get(each.origin_school_id),
        host=schools.get(each.host_school_id),
        notes=tuple(Note(**note) for note in each.notes),
        awaited=awaited[0] if awaited else None,
        by=awaited[1] if awaited else frozenset(),
    )
