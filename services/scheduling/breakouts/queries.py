"""Reads about groups, each in a fixed number of queries."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.breakouts.model import Breakout, Division


def groups_of(db: orm.Session, sessions: Collection[UUID]) -> dict[UUID, tuple[Breakout, ...]]:
    """The groups of each session that has some. One query."""
    wanted = sa.select(Division.session_id, Division.groups).where(Division.session_id.in_(list(sessions)))
    return {row.session_id: row.groups for row in db.execute(wanted)}


def division_of(db: orm.Session, session_id: UUID) -> Division | None:
    """How a session's people are divided, if they are."""
    return db.scalar(sa.select(Division).where(Division.session_id == session_id))
