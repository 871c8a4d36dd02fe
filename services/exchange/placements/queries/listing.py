"""Placements as lists and as a board, each in a fixed number of queries whatever there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.placements.model import (
    ENDED,
    STATES,
    Party,
    Placement,
    State,
    Verb,
    waits_for,
)
from services.exchange.placements.policies import Asker
from services.exchange.placements.queries.reaching import reaches, within
from services.exchange.placements.queries.rows import PlacementRow, rows_of
from shared.roster import roster_people

#: Cards in a column of the board.
CARDS = 6

#: People whose name a search looks for.
_NAMESAKES = 500


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
