"""Reads about groups, each in a fixed number of queries."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.breakouts.model import Breakout, Division

#: Made once and past the mapper, for that costs more than to ask it, and every claim does.
_divisions = Division.__table__.c
_GROUPS = sa.select(_divisions.session_id, _divisions.groups).where(
    _divisions.session_id.in_(sa.bindparam("sessions", expanding=True, type_=sa.Uuid()))
)


def groups_of(db: orm.Session, sessions: Collection[UUID]) -> dict[UUID, tuple[Breakout, ...]]:
    """The groups of each session that has some. One query."""
    return {row.session_id: row.groups for row in db.execute(_GROUPS, {"sessions": list(sessions)})}


def division_of(db: orm.Session, session_id: UUID) -> Division | None:
    """How a session's people are divided, if they are."""
    return db.scalar(sa.select(Division).where(Division.session_id == session_id))
