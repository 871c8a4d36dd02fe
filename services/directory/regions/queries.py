"""Reads about regions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.regions.model import Region
from services.directory.regions.policies import Node, ancestry, level_of, parent_of, tree
from shared.auth.grants import significant
from shared.contracts.directory import RegionChanged


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region in a list; depth is 0 for a province, 1 for a prefecture, 2 for a county."""

    code: str
    name: str
    name_en: str
    depth: int


def regions_within(db: Session, scopes: Iterable[str]) -> list[RegionRow]:
    """The regions of the register at or below those in the scopes, in the order of the tree. One query."""
    wanted: list[sa.ColumnElement[bool]] = [sa.false()]
    for scope in scopes:
        if scope == "all":
            wanted.append(sa.true())
        elif scope.startswith("region:"):
            wanted.append(Region.code.startswith(significant(scope.removeprefix("region:")), autoescape=True))
    rows = db.execute(
        sa.select(Region.code, Region.name, Region.name_en)
        .where(sa.or_(*wanted), sa.not_(Region.abolished))
        .order_by(Region.code)
    )
    return [RegionRow(code, name, name_en, len(significant(code)) // 2 - 1) for code, name, name_en in rows]


def region_states(db: Session) -> Iterator[RegionChanged]:
    """The present state of every region."""
    for region in db.scalars(sa.select(Region).order_by(Region.id)).yield_per(500):
        yield region.state()


def standard(code: str) -> tuple[Node, ...]:
    """The region of a code and, before it, those that it lies in, as the standard has them; its name may be the bare code."""
    known = tree().get(code)
    return (*ancestry(code), known or Node(code, code, level_of(code), parent_of(code)))
