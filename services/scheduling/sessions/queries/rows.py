"""A session as its planners see it, and those of a programme."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.hosting.queries import hosted_within
from services.scheduling.lifecycle.model import Verb
from services.scheduling.plans.model import Leader, Occurrence
from services.scheduling.sessions.model import Session
from shared.contracts.scheduling import SchedulingTask
from shared.errors import NotFound
from shared.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as its planners see it; the fields are those of the model."""

    id: UUID
    version: int
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    occurrences: tuple[Occurrence, ...]
    leaders: tuple[Leader, ...]
    note: str
    programme_id: UUID | None
    ordinal: int | None
    invited_schools: tuple[UUID, ...]
    awaiting_schools: tuple[UUID, ...]
    host_region: str
    state: str
    reason: str
    released_at: datetime | None
    postponed_at: datetime | None
    held_at: datetime | None
    recording: str
    closed_at: datetime | None
    cancelled_at: datetime | None
    why_not: Mapping[Verb, Sentence | None]


def session_within(db: orm.Session, session_id: UUID, scopes: Iterable[str]) -> SessionRow:
    """One session. Raises NotFound also where it lies outside the scopes: that it exists is not told."""
    found = db.scalar(
        sa.select(Session).where(Session.id == session_id, hosted_within(Session.host_region, scopes))
    )
    if found is None:
        raise no_such_session()
    return row_of(found)


def sessions_of(db: orm.Session, programme_id: UUID) -> list[SessionRow]:
    """The sessions of a programme, by time. One query."""
    found = db.scalars(
        sa.select(Session)
        .where(Session.programme_id == programme_id)
        .order_by(Session.starts_at, Session.ordinal, Session.id)
    )
    return [row_of(session) for session in found]


def task_states(db: orm.Session) -> Iterator[SchedulingTask]:
    """Of every session whether it waits to be released; what is part of a programme waits with that."""
    alone = sa.select(Session).where(Session.programme_id.is_(None))
    for session in db.scalars(alone.order_by(Session.id)).yield_per(500):
        yield session.task()


def row_of(session: Session) -> SessionRow:
    """The session as a frozen row."""
    return SessionRow(
        id=session.id,
        version=session.version,
        title=session.title,
        kind=session.kind,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        link=session.link,
        occurrences=session.occurrences,
        leaders=session.led_by or (),
        note=session.note or "",
        programme_id=session.programme_id,
        ordinal=session.ordinal,
        invited_schools=tuple(session.invited_schools),
        awaiting_schools=tuple(session.awaiting_schools or ()),
        host_region=session.host_region,
        state=session.state,
        reason=session.reason,
        released_at=session.released_at,
        postponed_at=session.postponed_at,
        held_at=session.held_at,
        recording=session.recording or "",
        closed_at=session.closed_at,
        cancelled_at=session.cancelled_at,
        why_not={verb: session.why_not(verb) for verb in get_args(Verb)},
    )


def no_such_session() -> NotFound:
    """What is said of a session that is not there, or not the reader's to know of."""
    return NotFound(
        Sentence(
            zh="没有找到这次活动，可能不在你负责的区域。",
            en="There is no such session, or it belongs to a region that is not yours.",
        )
    )
