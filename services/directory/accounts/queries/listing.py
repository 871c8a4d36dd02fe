"""Accounts: the list within a scope, one of them, and the present state of all."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from services.directory.accounts.model import LEFT, Account
from services.directory.organisations.model import Organisation
from services.directory.people.model import Person
from services.directory.schools.model import School
from services.directory.schools.queries import lies_in
from shared.auth import Grant
from shared.auth.grants import significant
from shared.contracts.directory import AccountChanged
from shared.errors import NotFound
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in a list or on its page.

    until: of grants that end by themselves. person, unit, left: its holder and where they work now, by the register;
    moved: that this is another place than the account's school.
    """

    id: UUID
    name: str
    login: str
    grants: tuple[Grant, ...]
    until: dict[Grant, datetime]
    school_id: UUID | None
    school: str
    person_id: UUID | None
    person: str
    unit: str
    unit_school_id: UUID | None
    left: bool
    moved: bool
    last_sign_in_at: datetime | None
    disabled: Sentence | None
    has_password: bool
    mail: str
    phone: str
    language: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list, and how many there are in all."""

    rows: Sequence[AccountRow]
    total: int


def accounts_listed(
    db: Session,
    scopes: Collection[str],
    *,
    words: str = "",
    moved: bool = False,
    descending: bool = False,
    offset: int = 0,
    limit: int = 25,
) -> Found:
    """The accounts whose place lies in the scopes, by name. moved: those whose holder has changed school."""
    wanted = [_lies_in(scopes)]
    if words:
        wanted.append(
            sa.or_(
                Account.name.contains(words, autoescape=True),
                Account.login.contains(words.lower(), autoescape=True),
                School.name.contains(words, autoescape=True),
            )
        )
    if moved:
        wanted.append(_moved())
    by = Account.name.desc() if descending else Account.name
    rows = db.execute(_rows().where(*wanted).order_by(by, Account.id).offset(offset).limit(limit))
    return Found([_row(*row) for row in rows], _count(db, *wanted))


def moved_within(db: Session, scopes: Collection[str]) -> int:
    """Of how many accounts in the scopes the holder has changed school, and nobody has confirmed it."""
    return _count(db, _lies_in(scopes), _moved())


def others_of(db: Session, account: AccountRow, scopes: Collection[str]) -> list[AccountRow]:
    """The other accounts of the same person, whose two records were merged perhaps, that lie in the scopes."""
    if account.person_id is None:
        return []
    same = (Account.person_id == account.person_id, Account.id != account.id, _lies_in(scopes))
    return [_row(*row) for row in db.execute(_rows().where(*same).order_by(Account.name, Account.id))]


def account_within(db: Session, account_id: UUID, scopes: Collection[str]) -> AccountRow:
    """One account. Raises NotFound also where it lies outside the scopes."""
    row = db.execute(_rows().where(Account.id == account_id, _lies_in(scopes))).first()
    if row is None:
        raise NotFound(
            Sentence(
                zh="没有找到这个账号，或者它不在你的范围内。",
                en="There is no such account, or it is outside your scope.",
            )
        )
    return _row(*row)


def own_account(db: Session, account_id: UUID) -> AccountRow:
    """The account of who asks. Raises NotFound where directory does not know it."""
    return account_within(db, account_id, ["all"])


def schools_with_passwords(db: Session) -> set[UUID]:
    """The schools where somebody signs in with a password."""
    rows = db.scalars(
        sa.select(Account.school_id).where(Account.school_id.is_not(None), Account.password_hash.is_not(None))
    )
    return {school for school in rows if school is not None}


def account_states(db: Session) -> Iterator[AccountChanged]:
    """The present state of every account."""
    for account in db.scalars(sa.select(Account).order_by(Account.id)).yield_per(500):
        yield account.state()


def _lies_in(scopes: Collection[str]) -> sa.ColumnElement[bool]:
    if "all" in scopes:
        return sa.true()
    regions = [significant(scope.removeprefix("region:")) for scope in scopes if scope.startswith("region:")]
    below = [Account.region_code.startswith(region, autoescape=True) for region in regions]
    schools = sa.select(School.id).where(lies_in(scopes))
    return sa.or_(Account.school_id.in_(schools), *below)


_WORKS = aliased(School)


def _moved() -> sa.ColumnElement[bool]:
    """Whether the holder works at another place than the school of the account."""
    return sa.and_(
        Account.school_id.is_not(None),
        Account.disabled_reason.is_(None),
        Person.left_at.is_(None),
        Person.id.is_not(None),
        sa.or_(Person.school_id.is_(None), Person.school_id != Account.school_id),
    )


def _joined(asked: sa.Select[Any]) -> sa.Select[Any]:
    return (
        asked.select_from(Account)
        .outerjoin(School, School.id == Account.school_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(_WORKS, _WORKS.id == Person.school_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
    )


def _count(db: Session, *wanted: sa.ColumnElement[bool]) -> int:
    return db.scalar(_joined(sa.select(sa.func.count())).where(*wanted)) or 0


def _rows() -> sa.Select[Any]:
    unit = sa.func.coalesce(_WORKS.name, Organisation.name, "")
    moved = sa.case((_moved(), sa.true()), else_=sa.false())
    return _joined(
        sa.select(Account, School.name, Person.name, unit, Person.school_id, Person.left_at, moved)
    )


def _row(
    account: Account,
    school: str | None,
    person: str | None,
    unit: str,
    unit_school_id: UUID | None,
    left_at: datetime | None,
    moved: bool,  # noqa: FBT001  as the database gives it
) -> AccountRow:
    reason = account.disabled_reason
    return AccountRow(
        id=account.id,
        name=account.name,
        login=account.login or "",
        grants=tuple(Grant.parse(text) for text in account.grants),
        until=account.until(),
        school_id=account.school_id,
        school=school or "",
        person_id=account.person_id,
        person=person or "",
        unit=unit,
        unit_school_id=unit_school_id,
        left=left_at is not None,
        moved=moved,
        last_sign_in_at=account.last_sign_in_at,
        disabled=LEFT if reason == LEFT.zh else Sentence(zh=reason, en=reason) if reason else None,
        has_password=account.password_hash is not None,
        mail=account.mail,
        phone=account.phone,
        language=account.language or "",
    )
