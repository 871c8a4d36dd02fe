"""Placements as lists and as a board, each in a fixed number of queries whatever there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.placements.model import (
    ENDED,
    STATES,
    Note,
    Party,
    Placement,
    State,
    Step,
    Verb,
    waits_for,
)
from services.exchange.placements.policies import Asker
from services.exchange.placements.queries.people import SchoolNamed, people_named, schools_named
from services.exchange.placements.queries.reaching import reaches, within
from shared.roster import roster_people

#: Cards in a column of the board.
CARDS = 6

#: People whose name a search looks for.
_NAMESAKES = 500


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the placements somebody wants to see. year: of a school year, the one in which it begins."""

    q: str = ""
    state: str = ""
    kind: str = ""
    region: str = ""
    school: UUID | None = None
    person: UUID | None = None
    agreement: UUID | None = None
    year: int | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Some of the placements, and how many there are of them in all."""

    rows: Sequence[PlacementRow]
    total: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board: those that wait the longest, and how many there are in this state."""

    state: str
    verb: Verb | None
    by: frozenset[Party]
    rows: Sequence[PlacementRow]
    count: int


def listed(
    db: Session,
    asker: Asker,
    wanted: Wanted,
    *,
    scopes: Iterable[str] | None = None,
    order: str = "-changed",
    offset: int = 0,
    limit: int | None = 25,
) -> Found:
    """Those that are theirs to know of and wanted. Four queries."""
    condition = sa.and_(reaches(asker, scopes=scopes), *_conditions(asker, wanted))
    total = db.scalar(sa.select(sa.func.count()).select_from(Placement).where(condition)) or 0
    column = {"starts": Placement.starts_on, "ends": Placement.ends_on}.get(
        order.removeprefix("-"), Placement.changed_at
    )
    by = column.desc() if order.startswith("-") else column.asc()
    some = db.scalars(
        sa.select(Placement).where(condition).order_by(by, Placement.id).offset(offset).limit(limit)
    )
    return Found(rows_of(db, list(some)), total)


def board(
    db: Session, asker: Asker, wanted: Wanted, *, scopes: Iterable[str] | None = None
) -> tuple[list[Column], Mapping[str, int]]:
    """The columns of the board, and how many there are in every state. Twelve queries, whatever there are."""
    condition = sa.and_(reaches(asker, scopes=scopes), *_conditions(asker, wanted))
    counted = db.execute(
        sa.select(Placement.state, sa.func.count().label("number")).where(condition).group_by(Placement.state)
    )
    counts: dict[str, int] = {row.state: row.number for row in counted}
    found: list[tuple[State, list[Placement]]] = []
    for state in STATES:
        if state in ENDED:
            continue
        chosen: list[Placement] = []
        if counts.get(state):
            chosen = list(
                db.scalars(
                    sa.select(Placement)
                    .where(Placement.state == state, condition)
                    .order_by(Placement.changed_at, Placement.id)
                    .limit(CARDS)
                )
            )
        found.append((state, chosen))
    rows = {row.id: row for row in rows_of(db, [each for _, some in found for each in some])}
    columns: list[Column] = []
    for at, some in found:
        waits = waits_for(at)
        columns.append(
            Column(
                at,
                waits[0] if waits else None,
                waits[1] if waits else frozenset(),
                [rows[each.id] for each in some],
                counts.get(at, 0),
            )
        )
    return columns, counts


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


def awaits(asker: Asker) -> sa.ColumnElement[bool]:
    """Whether a placement waits for one who asks: for their school, or for their region where no school may do it."""
    found: list[sa.ColumnElement[bool]] = []
    schools = list(asker.schools)
    origin, host = within(Placement.origin_region, asker.scopes), within(Placement.host_region, asker.scopes)
    for state in STATES:
        waits = waits_for(state)
        if waits is None:
            continue
        verb, by = waits
        sides: list[sa.ColumnElement[bool]] = []
        if schools and "home" in by:
            sides.append(Placement.origin_school_id.in_(schools))
        if schools and "host" in by:
            sides.append(Placement.host_school_id.in_(schools))
        if asker.scopes and by.isdisjoint({"home", "host"}):
            open_ = verb == "agree"
            if "origin_region" in by:
                sides.append(sa.and_(origin, Placement.agreed_origin.is_(None)) if open_ else origin)
            if "host_region" in by:
                sides.append(sa.and_(host, Placement.agreed_host.is_(None)) if open_ else host)
        if sides:
            found.append(sa.and_(Placement.state == state, sa.or_(*sides)))
    return sa.or_(sa.false(), *found)


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


def _conditions(asker: Asker, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.state:
        found.append(Placement.state == wanted.state)
    if wanted.kind:
        found.append(Placement.kind == wanted.kind)
    if wanted.region:
        scope = [f"region:{wanted.region}"]
        found.append(sa.or_(within(Placement.origin_region, scope), within(Placement.host_region, scope)))
    if wanted.school:
        found.append(
            sa.or_(Placement.origin_school_id == wanted.school, Placement.host_school_id == wanted.school)
        )
    if wanted.person:
        found.append(Placement.person_id == wanted.person)
    if wanted.agreement:
        found.append(Placement.agreement_id == wanted.agreement)
    if wanted.year:
        found.append(Placement.starts_on <= date(wanted.year + 1, 8, 31))
        found.append(sa.func.coalesce(Placement.left_on, Placement.ends_on) >= date(wanted.year, 9, 1))
    if wanted.mine:
        found.append(awaits(asker))
    if wanted.q:
        called = sa.select(roster_people.c.person_id).where(
            roster_people.c.name.startswith(wanted.q, autoescape=True)
        )
        found.append(Placement.person_id.in_(called.limit(_NAMESAKES)))
    return found
