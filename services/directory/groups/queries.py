"""Reads about education groups."""

from collections.abc import Iterable, Iterator
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


def groups_with(db: Session, schools: Iterable[UUID] | None) -> list[GroupRow]:
    """The groups that any of these schools belongs to, or all of them. One query: groups are few."""
    wanted = None if schools is None else frozenset(schools)
    groups = db.scalars(sa.select(Group).where(Group.retired_at.is_(None)).order_by(Group.pinyin, Group.id))
    return [
        GroupRow(group.id, group.name, group.chief_principal, group.schools)
        for group in groups
        if wanted is None or not wanted.isdisjoint(group.schools)
    ]


def group_states(db: Session) -> Iterator[GroupChanged]:
    """The present state of every group."""
    for group in db.scalars(sa.select(Group).order_by(Group.id)).yield_per(500):
        yield group.state()
