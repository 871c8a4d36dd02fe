"""Who owes outcomes, or their judgement, at the moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.outcomes.model import Outcome, Wait
from services.scheduling.plans.model import EVERYWHERE
from services.scheduling.programmes.model import Programme, Trainee
from services.scheduling.sessions.model import Session
from shared.auth.states import account_states
from shared.contracts.scheduling import SchedulingTask
from shared.roster import roster_people

#: States of sessions that the roster knows of.
_KNOWN = ("released", "held", "closed")

_MISSING = sa.or_(Outcome.state.is_(None), Outcome.state == "returned")


@dataclass(frozen=True, slots=True)
class Owed:
    """Whose turn it is, as a task's audience says it, and how many outcomes wait for them."""

    programme_id: UUID
    whom: str
    count: int


def owed(db: orm.Session, programme_id: UUID | None = None) -> list[Owed]:
    """What is owed now, of one programme or of all: schools and people hand in, hosts judge. Three queries.

    Programmes ask from the moment on that one of their sessions is released.
    """
    found: list[Owed] = []
    for whom, joined in (("liaison@school", roster_people), ("account", account_states)):
        key = roster_people.c.school_id if joined is roster_people else account_states.c.account_id
        rows = db.execute(
            _asked(sa.select(Programme.id, key, sa.func.count()), programme_id)
            .join(joined, joined.c.person_id == Trainee.person_id)
            .where(key.is_not(None), _MISSING)
            .group_by(Programme.id, key)
        )
        found += [Owed(id_, f"{whom}:{key_}", count) for id_, key_, count in rows]
    rows = db.execute(
        _asked(sa.select(Programme.id, Programme.host_region, sa.func.count()), programme_id)
        .where(Outcome.state == "handed_in")
        .group_by(Programme.id, Programme.host_region)
    )
    found += [
        Owed(id_, "coordinator@all" if host == EVERYWHERE else f"coordinator@region:{host}", count)
        for id_, host, count in rows
    ]
    return found


def tasks_of(db: orm.Session, waits: list[Wait]) -> Iterator[SchedulingTask]:
    """Each as its task, with what its programme is called and until when it goes on. Two queries."""
    ids = {wait.programme_id for wait in waits}
    of = {each.id: each for each in db.scalars(sa.select(Programme).where(Programme.id.in_(ids)))}
    ends: dict[UUID | None, datetime] = dict(
        db.execute(
            sa.select(Session.programme_id, sa.func.max(Session.ends_at))
            .where(Session.programme_id.in_(ids), Session.state.in_(_KNOWN))
            .group_by(Session.programme_id)
        ).all()
    )
    for wait in waits:
        programme = of[wait.programme_id]
        yield wait.task(title=programme.title, asked=programme.outcome, due=ends.get(wait.programme_id))


def task_states(db: orm.Session) -> Iterator[SchedulingTask]:
    """Of everybody who ever owed an outcome or its judgement whether they do."""
    yield from tasks_of(db, list(db.scalars(sa.select(Wait).order_by(Wait.programme_id, Wait.whom))))


def _asked(what: sa.Select[UUID, Any, int], programme_id: UUID | None) -> sa.Select[UUID, Any, int]:
    known = sa.exists().where(Session.programme_id == Programme.id, Session.state.in_(_KNOWN))
    asked = (
        what.select_from(Trainee)
        .join(Programme, Programme.id == Trainee.programme_id)
        .outerjoin(Outcome, Outcome.trainee_id == Trainee.id)
        .where(Programme.outcome != "", known)
    )
    return asked if programme_id is None else asked.where(Programme.id == programme_id)
