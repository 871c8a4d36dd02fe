"""What has been handed in, and what has not, for whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.hosting.model import may_host
from services.scheduling.outcomes.model import Outcome
from services.scheduling.programmes.model import Programme, Trainee
from services.scheduling.programmes.queries import no_such_programme
from services.scheduling.sessions.model import Session
from shared.errors import NotFound
from shared.roster import roster_people, roster_schools
from shared.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks: the scopes they plan in, the schools they answer for, and who of the register they are, if anybody."""

    scopes: frozenset[str]
    schools: frozenset[UUID] = frozenset()
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """Somebody on a roster and what they have handed in. state: `missing` where that is nothing yet.

    reason: why it was returned.
    """

    programme_id: UUID
    programme: str
    asked: str
    trainee_id: UUID
    person_id: UUID | None
    school_id: UUID | None
    name: str
    unit: str
    version: int
    state: str
    text: str
    link: str
    reason: str
    handed_in_at: datetime | None
    judged_at: datetime | None


def outcomes_of(db: orm.Session, programme_id: UUID, asks: Asking) -> list[OutcomeRow]:
    """What a roster has handed in, in its order: of everybody for the host, of their own people for liaisons.

    Raises NotFound, also for a liaison none of whose people is on it. Two queries.
    """
    programme = db.get(Programme, programme_id)
    if programme is None:
        raise no_such_programme()
    rows = _rows().where(Trainee.programme_id == programme_id)
    if may_host(asks.scopes, programme.host_region):
        return [_row(each) for each in db.execute(rows)]
    own = db.execute(rows.where(roster_people.c.school_id.in_(asks.schools)))
    found = [_row(each) for each in own]
    if not found:
        raise no_such_programme()
    return found


def outcome_of(db: orm.Session, programme_id: UUID, trainee_id: UUID, asks: Asking) -> OutcomeRow:
    """What one has handed in: for the host, the liaison of their school, and themselves. Raises NotFound. Two queries."""
    programme = db.get(Programme, programme_id)
    found = db.execute(
        _rows().where(Trainee.programme_id == programme_id, Trainee.id == trainee_id)
    ).one_or_none()
    if programme is None or found is None:
        raise no_such_outcome()
    row = _row(found)
    if not is_theirs(row, host_region=programme.host_region, asks=asks):
        raise no_such_outcome()
    return row


def outcomes_by(db: orm.Session, person_id: UUID) -> list[OutcomeRow]:
    """What is asked of somebody, in every programme that asks for something, the latest entered first. One query."""
    wanted = _rows().where(Trainee.person_id == person_id, Programme.outcome != "")
    ordered = wanted.order_by(None).order_by(Trainee.entered_at.desc(), Trainee.id)
    return [_row(each) for each in db.execute(ordered)]


def outcomes_waiting(db: orm.Session, schools: Collection[UUID]) -> list[OutcomeRow]:
    """What people of these schools have yet to hand in, or to improve, of programmes that were released. One query."""
    if not schools:
        return []
    released = sa.exists().where(
        Session.programme_id == Programme.id, Session.state.in_(["released", "held", "closed"])
    )
    wanted = _rows().where(
        roster_people.c.school_id.in_(list(schools)),
        Programme.outcome != "",
        released,
        sa.or_(Outcome.state.is_(None), Outcome.state == "returned"),
    )
    ordered = wanted.order_by(None).order_by(Programme.title, Trainee.ordinal, Trainee.id)
    return [_row(each) for each in db.execute(ordered)]


def accepted_in(db: orm.Session, programme_id: UUID) -> set[UUID]:
    """The trainees of a programme whose outcome is accepted. One query."""
    wanted = sa.select(Outcome.trainee_id).where(
        Outcome.programme_id == programme_id, Outcome.state == "accepted"
    )
    return set(db.scalars(wanted))


def is_theirs(row: OutcomeRow, *, host_region: str, asks: Asking) -> bool:
    """Whether who asks may see an outcome, and hand it in."""
    return (
        may_host(asks.scopes, host_region)
        or (row.school_id is not None and row.school_id in asks.schools)
        or (asks.person_id is not None and row.person_id == asks.person_id)
    )


def count_by_state(rows: Collection[OutcomeRow]) -> dict[str, int]:
    """How many there are in each state."""
    states = ("missing", "handed_in", "returned", "accepted")
    return {state: sum(row.state == state for row in rows) for state in states}


def no_such_outcome() -> NotFound:
    """The error for somebody who is not on the roster, or not theirs."""
    return NotFound(
        Sentence(
            zh="没有找到这名学员，或者不在你的范围内。",
            en="There is no such trainee, or they are not yours to look after.",
        )
    )


def _rows() -> sa.Select[Any]:
    people, schools = roster_people.c, roster_schools.c
    return (
        sa.select(
            Trainee,
            Outcome,
            Programme.title,
            Programme.outcome.label("asked"),
            people.school_id,
            schools.name.label("school"),
        )
        .join(Programme, Programme.id == Trainee.programme_id)
        .outerjoin(Outcome, Outcome.trainee_id == Trainee.id)
        .outerjoin(roster_people, people.person_id == Trainee.person_id)
        .outerjoin(roster_schools, schools.school_id == people.school_id)
        .order_by(Trainee.ordinal, Trainee.id)
    )


def _row(found: sa.Row[Any]) -> OutcomeRow:
    trainee: Trainee = found.Trainee
    given: Outcome | None = found.Outcome
    return OutcomeRow(
        programme_id=trainee.programme_id,
        programme=found.title,
        asked=found.asked,
        trainee_id=trainee.id,
        person_id=trainee.person_id,
        school_id=found.school_id,
        name=trainee.name,
        unit=trainee.unit or found.school or "",
        version=given.version if given else 0,
        state=given.state if given else "missing",
        text=given.text if given else "",
        link=given.link if given else "",
        reason=given.reason if given else "",
        handed_in_at=given.handed_in_at if given else None,
        judged_at=given.judged_at if given else None,
    )
