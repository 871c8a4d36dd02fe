"""Reads about organisations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.organisations.model import Organisation
from services.directory.regions.model import Region
from shared.auth.grants import significant
from shared.contracts.directory import OrganisationChanged


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation in a list."""

    id: UUID
    name: str
    kind: str
    region_name: str
    contact: str


def organisations_within(db: Session, scopes: Iterable[str]) -> list[OrganisationRow]:
    """The organisations of the regions in the scopes, by region and name. One query."""
    wanted: list[sa.ColumnElement[bool]] = [sa.false()]
    for scope in scopes:
        if scope == "all":
            wanted.append(sa.true())
        elif scope.startswith("region:"):
            code = significant(scope.removeprefix("region:"))
            wanted.append(Organisation.region_code.startswith(code, autoescape=True))
    rows = db.execute(
        sa.select(
            Organisation.id,
            Organisation.name,
            Organisation.kind,
            sa.func.coalesce(Region.name, Organisation.region_code),
            Organisation.contact,
        )
        .join(Region, Region.code == Organisation.region_code, isouter=True)
        .where(sa.or_(*wanted), Organisation.retired_at.is_(None))
        .order_by(Organisation.region_code, Organisation.kind, Organisation.pinyin)
    )
    return [OrganisationRow(*row) for row in rows]


def organisation_states(db: Session) -> Iterator[OrganisationChanged]:
    """The present state of every organisation."""
    for organisation in db.scalars(sa.select(Organisation).order_by(Organisation.id)).yield_per(500):
        yield organisation.state()
