"""Reads about education groups."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.groups.model import Group
from services.directory.schools.queries import matches, school_names
from shared.contracts.directory import GroupChanged

Sort = Literal["name", "chief", "schools"]


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


def groups_in(
    db: Session,
    scopes: Iterable[str],
    *,
    words: str = "",
    sort: Sort = "name",
    descending: bool = False,
) -> tuple[list[GroupRow], dict[UUID, str]]:
    """The groups that match and have a school in the scopes, and what their schools there are called. Two queries."""
    scopes = frozenset(scopes)
    groups = all_groups(db, words=words, sort=sort, descending=descending)
    names = school_names(db, {school for group in groups for school in group.schools}, scopes)
    return [g for g in groups if "all" in scopes or not names.keys().isdisjoint(g.schools)], names


def all_groups(
    db: Session, *, words: str = "", sort: Sort = "name", descending: bool = False
) -> list[GroupRow]:
    """Every group that matches, by the sound of its name or as is asked. One query: there are few, a region has tens.

    words: part of the name, its pinyin, or the chief principal.
    """
    held = [matches(words, Group.name, Group.pinyin, Group.chief_principal)] if words else []
    groups = db.scalars(
        sa.select(Group).where(Group.retired_at.is_(None), *held).order_by(Group.pinyin, Group.id)
    )
    rows = [GroupRow(group.id, group.name, group.chief_principal, group.schools) for group in groups]
    keys: dict[Sort, Callable[[GroupRow], Any]] = {
        "chief": lambda group: group.chief_principal,
        "schools": lambda group: len(group.schools),
    }
    if sort in keys:
        rows.sort(key=keys[sort])
    return rows[::-1] if descending else rows


def group_states(db: Session) -> Iterator[GroupChanged]:
    """The present state of every group."""
    for group in db.scalars(sa.select(Group).order_by(Group.id)).yield_per(500):
        yield group.state()
