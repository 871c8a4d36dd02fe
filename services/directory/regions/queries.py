"""Reads about regions."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.regions.model import Region
from services.directory.regions.policies import Node, ancestry, level_of, parent_of, tree
from services.directory.schools.model import School
from services.directory.schools.queries import lies_in
from shared.auth.grants import significant
from shared.contracts.directory import RegionChanged


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region in a list; depth is 0 for a province, 1 for a prefecture, 2 for a county. schools: in it and below."""

    code: str
    name: str
    name_en: str
    depth: int
    schools: int = 0


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


def regions_listed(db: Session, scopes: Iterable[str], *, words: str = "") -> list[RegionRow]:
    """The same with how many schools each has, of those in the scopes. Two queries. words: part of a name, or the code."""
    scopes = frozenset(scopes)
    counted = db.execute(
        sa.select(School.region_code, sa.func.count())
        .where(lies_in(scopes), School.retired_at.is_(None))
        .group_by(School.region_code)
    )
    schools: Counter[str] = Counter()
    for code, number in counted:
        for end in (2, 4, 6):
            above = code[:end].ljust(6, "0")
            if end == len(significant(above)):
                schools[above] += number
    said = words.lower().split()
    return [
        replace(region, schools=schools[region.code])
        for region in regions_within(db, scopes)
        if all(
            word in region.name or word in region.name_en.lower() or region.code.startswith(word)
            for word in said
        )
    ]


def region_states(db: Session) -> Iterator[RegionChanged]:
    """The present state of every region."""
    for region in db.scalars(sa.select(Region).order_by(Region.id)).yield_per(500):
        yield region.state()


def standard(code: str) -> tuple[Node, ...]:
    """The region of a code and, before it, those that it lies in, as the standard has them; its name may be the bare code."""
    known = tree().get(code)
    return (*ancestry(code), known or Node(code, code, level_of(code), parent_of(code)))
