"""Reads about organisations."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.organisations.model import Organisation
from services.directory.regions.model import Region
from services.directory.schools.queries import matches
from shared.auth.grants import significant
from shared.contracts.directory import OrganisationChanged

Sort = Literal["region", "name"]


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation in a list."""

    id: UUID
    name: str
    kind: str
    region_name: str
    contact: str
    phone: str = ""
    region_code: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list, and how many there are in all, or on it where nobody counted."""

    rows: Sequence[OrganisationRow]
    total: int


def serves(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether an organisation lies in any of the regions; it belongs to no school and no group."""
    wanted: list[sa.ColumnElement[bool]] = [sa.false()]
    for scope in scopes:
        if scope == "all":
            wanted.append(sa.true())
        elif scope.startswith("region:"):
            code = significant(scope.removeprefix("region:"))
            wanted.append(Organisation.region_code.startswith(code, autoescape=True))
    return sa.or_(*wanted)


def organisations_listed(
    db: Session,
    scopes: Iterable[str],
    *,
    words: str = "",
    kind: str = "",
    region: str = "",
    sort: Sort = "region",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = 25,
    count: bool = True,
) -> Found:
    """The organisations of the regions in the scopes that match all that is given. Two queries; one uncounted.

    words: part of the name or its pinyin. region: a code; all below it count.
    """
    wanted = [serves(scopes), Organisation.retired_at.is_(None)]
    if words:
        wanted.append(matches(words, Organisation.name, Organisation.pinyin))
    if kind:
        wanted.append(Organisation.kind == kind)
    if region:
        wanted.append(serves([f"region:{region}"]))
    order: dict[Sort, list[sa.SQLColumnExpression[str]]] = {
        "region": [Organisation.region_code, Organisation.kind, Organisation.pinyin],
        "name": [Organisation.pinyin],
    }
    by = [column.desc() if descending else column.asc() for column in order[sort]]
    rows = db.execute(
        sa.select(
            Organisation.id,
            Organisation.name,
            Organisation.kind,
            sa.func.coalesce(Region.name, Organisation.region_code),
            Organisation.contact,
            Organisation.phone,
            Organisation.region_code,
        )
        .join(Region, Region.code == Organisation.region_code, isouter=True)
        .where(*wanted)
        .order_by(*by, Organisation.id)
        .offset(offset)
        .limit(limit)
    )
    shown = [OrganisationRow(*row) for row in rows]
    if not count:
        return Found(shown, len(shown))
    total = sa.select(sa.func.count()).select_from(Organisation).where(*wanted)
    return Found(shown, db.scalar(total) or 0)


def organisation_states(db: Session) -> Iterator[OrganisationChanged]:
    """The present state of every organisation."""
    for organisation in db.scalars(sa.select(Organisation).order_by(Organisation.id)).yield_per(500):
        yield organisation.state()
