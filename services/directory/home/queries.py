"""What the home page knows by itself: who reads it, and the register at a glance."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.accounts.model import Account
from services.directory.groups.model import Group
from services.directory.organisations.model import Organisation
from services.directory.organisations.queries import serves
from services.directory.people.model import Person
from services.directory.regions.model import Region
from services.directory.schools.model import School
from services.directory.schools.queries import lies_in


@dataclass(frozen=True, slots=True)
class Register:
    """How many there are within the reader's scopes."""

    schools: int
    people: int
    groups: int
    organisations: int


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new office has done: regions entered, a roster imported, somebody invited."""

    regions: bool
    roster: bool
    accounts: bool

    @property
    def left(self) -> int:
        """How many of the three are left."""
        return [self.regions, self.roster, self.accounts].count(False)


def beginning(db: Session, account: UUID) -> Beginning:
    """How far the first office has come; `account` is the one who looks. One query."""
    others = sa.exists().where(Account.id != account)
    row = db.execute(
        sa.select(
            sa.exists().where(sa.not_(Region.abolished)),
            sa.exists().where(School.retired_at.is_(None)),
            others,
        )
    ).one()
    return Beginning(*map(bool, row))


def name_of(db: Session, account: UUID) -> str:
    """What the account is called; empty where directory does not know it."""
    return db.scalar(sa.select(Account.name).where(Account.id == account)) or ""


def register_within(db: Session, scopes: Iterable[str]) -> Register:
    """The register within the scopes, in one query; groups that have their lead school there."""
    scopes = frozenset(scopes)
    there = sa.select(School.id).where(lies_in(scopes))
    unit = serves(scopes)
    units = sa.select(Organisation.id).where(unit)
    everybody = sa.or_(
        sa.literal("all" in scopes), Person.school_id.in_(there), Person.organisation_id.in_(units)
    )
    row = db.execute(
        sa.select(
            _count(School, School.retired_at.is_(None), lies_in(scopes)),
            _count(Person, Person.left_at.is_(None), Person.merged_into.is_(None), everybody),
            _count(Group, Group.retired_at.is_(None), Group.lead_school_id.in_(there)),
            _count(Organisation, Organisation.retired_at.is_(None), unit),
        )
    ).one()
    return Register(*row)


def _count(of: type[object], *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(of).where(*where).scalar_subquery()
