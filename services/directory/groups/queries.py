"""Reads about groups."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.groups.model import Group
from shared.contracts.directory import GroupChanged


def group_states(db: Session) -> Iterator[GroupChanged]:
    """The present state of every group."""
    for group in db.scalars(sa.select(Group).order_by(Group.id)).yield_per(500):
        yield group.state()
