"""Counties and their schools as the roster's copy knows them, and what regions in a scope host."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.hosting.model import own_regions
from services.scheduling.plans.model import EVERYWHERE
from shared.auth.grants import significant
from shared.roster import School, name_of, schools_in
from shared.roster.tables import roster_schools
from shared.text import Sentence

#: How many counties a wider region is called by.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A county and its schools."""

    code: str
    name: str
    schools: tuple[School, ...]


def hosted_within(
    host_region: orm.InstrumentedAttribute[str], scopes: Iterable[str]
) -> sa.ColumnElement[bool]:
    """Whether the region in the column lies in any of the scopes."""
    return sa.or_(sa.false(), *(_hosted_in(host_region, scope) for scope in scopes))


def regions(db: orm.Session) -> list[RegionRow]:
    """Every county that the roster's copy knows, with its schools. One query."""
    return _by_region(schools_in(db, ["all"]))


def known_schools(db: orm.Session, ids: Iterable[UUID]) -> list[RegionRow]:
    """Those of these schools that the roster's copy knows, by county. One query."""
    table = roster_schools
    rows = db.execute(
        sa.select(table).where(table.c.school_id.in_(list(ids))).order_by(table.c.region_code, table.c.code)
    )
    return _by_region(
        School(row.school_id, row.code, row.name, row.name_en, row.region_code, row.region_name)
        for row in rows
    )


def hosts_offered(scopes: Iterable[str], known: Sequence[RegionRow]) -> list[tuple[str, Sentence]]:
    """For whom somebody may choose to host: for any prefecture, too, who looks after everything."""
    codes = own_regions(scopes)
    if EVERYWHERE in codes:
        codes = (EVERYWHERE, *sorted({f"{region.code[:4]}00" for region in known}))
    return [(code, called(code, known)) for code in codes]


def host_named(db: orm.Session, code: str) -> Sentence:
    """A region by its own name where the roster's copy has it, else by its counties. Two queries at most."""
    name = name_of(db, f"region:{code}")
    return name if code not in {EVERYWHERE, name.zh} else called(code, regions(db))


def called(code: str, known: Sequence[RegionRow]) -> Sentence:
    """A region by the counties in it: the roster has no names above them yet."""
    if code == EVERYWHERE:
        return Sentence(zh="全部区域", en="All regions")
    within = [region.name for region in known if region.code.startswith(significant(code))]
    names = "、".join(within[:_NAMED]) or code
    if len(within) <= _NAMED:
        return Sentence(zh=names, en=names)
    return Sentence(
        zh=f"{names}等 {len(within)} 个县（市、区）", en=f"{names} and {len(within) - _NAMED} more"
    )


def _by_region(schools: Iterable[School]) -> list[RegionRow]:
    """`schools` come by region."""
    return [
        RegionRow(code, name, tuple(members))
        for (code, name), members in groupby(
            schools, key=lambda school: (school.region_code, school.region_name)
        )
    ]


def _hosted_in(column: orm.InstrumentedAttribute[str], scope: str) -> sa.ColumnElement[bool]:
    kind, _, value = scope.partition(":")
    if scope == "all":
        return sa.true()
    if kind == "region":
        return column.startswith(significant(value), autoescape=True)
    return sa.false()
