"""Reads about education groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.groups.model import Group
from shared.contracts.directory import GroupChanged


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in a list. schools: the lead school first, then the members."""

    id: UUID
    name: str
    chief_principal: str
    schools: tuple[UUID, ...]


def groups_with(db: Session, school: UUID) -> list[GroupRow]:
    """The groups that the school belongs to. One query: groups are few."""
    return [group for group in all_groups(db) if school in group.schools]


def all_groups(db: Session) -> list[GroupRow]:
    """Every group, by the sound of its name. One query."""
    groups = db.scalars(sa.select(Group).where(Group.retired_at.is_(None)).order_by(Group.pinyin, Group.id))
    return [GroupRow(group.id, group.name, group.chief_principal, group.schools) for group in groups]


def group_states(db: Session) -> Iterator[GroupChanged]:
    """The present state of every group."""
    for group in db.scalars(sa.select(Group).order_by(Group.id)).yield_per(500):
        yield group.state()
