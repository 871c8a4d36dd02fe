"""Reads about accounts: the list within a scope, one account, and whether one scope lies within another."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.accounts.model import Account
from services.directory.accounts.policies import KEEPERS, roles_given_by
from services.directory.groups.model import Group
from services.directory.regions.model import Region
from services.directory.schools.model import School
from services.directory.schools.queries import lies_in
from shared.auth import Grant, Principal
from shared.auth.grants import significant
from shared.contracts.directory import AccountChanged
from shared.errors import NotFound
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in a list or on its page. until: of grants that end by themselves."""

    id: UUID
    name: str
    login: str
    grants: tuple[Grant, ...]
    until: dict[Grant, datetime]
    school_id: UUID | None
    school: str
    person_id: UUID | None
    last_sign_in_at: datetime | None
    disabled_reason: str | None
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
    descending: bool = False,
    offset: int = 0,
    limit: int = 25,
) -> Found:
    """The accounts whose place lies in the scopes, by name."""
    wanted = [_lies_in(scopes)]
    if words:
        wanted.append(
            sa.or_(
                Account.name.contains(words, autoescape=True),
                Account.login.contains(words.lower(), autoescape=True),
                School.name.contains(words, autoescape=True),
            )
        )
    by = Account.name.desc() if descending else Account.name
    rows = db.execute(_rows().where(*wanted).order_by(by, Account.id).offset(offset).limit(limit))
    total = sa.select(sa.func.count()).select_from(Account).outerjoin(School, School.id == Account.school_id)
    return Found([_row(row[0], row[1]) for row in rows], db.scalar(total.where(*wanted)) or 0)


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
    return _row(row[0], row[1])


def own_account(db: Session, account_id: UUID) -> AccountRow:
    """The account of who asks. Raises NotFound where directory does not know it."""
    return account_within(db, account_id, ["all"])


def contains(db: Session, wide: Collection[str], scope: str) -> bool:
    """Whether `scope` lies within one of `wide`: equal to it, or below it in the tree or in the group."""
    if "all" in wide or scope in wide:
        return True
    kind, _, value = scope.partition(":")
    regions = [significant(each.removeprefix("region:")) for each in wide if each.startswith("region:")]
    if kind == "region":
        return any(significant(value).startswith(region) for region in regions)
    if kind == "school":
        return db.scalar(sa.select(School.id).where(School.id == _id(value), lies_in(wide))) is not None
    if kind == "group" and (group := db.get(Group, _id(value))) is not None:
        schools = {str(group.lead_school_id), *map(str, group.member_ids)}
        ids = [UUID(school) for school in schools]
        inside = db.scalar(
            sa.select(sa.func.count()).select_from(School).where(School.id.in_(ids), lies_in(wide))
        )
        return inside == len(schools)
    return False


def manages(db: Session, *, by: Principal, grants: Collection[Grant]) -> bool:
    """Whether `by` may change an account with these grants: none is above their own."""
    scopes, roles = by.scopes(*KEEPERS), roles_given_by(by)
    if not grants:
        return "all" in scopes
    return all(grant.role in roles and contains(db, scopes, grant.scope) for grant in grants)


def place_of(db: Session, scope: str) -> tuple[UUID | None, str]:
    """By which school or region an account with this scope is found. Raises NotFound where there is no such place."""
    kind, _, value = scope.partition(":")
    if kind == "school" and db.get(School, _id(value)) is not None:
        return _id(value), ""
    if kind == "region" and db.scalar(sa.select(Region.id).where(Region.code == value)) is not None:
        return None, value
    if kind == "group" and (group := db.get(Group, _id(value))) is not None:
        lead = db.get(School, group.lead_school_id)
        return None, lead.region_code if lead else ""
    if scope == "all":
        return None, ""
    raise NotFound(Sentence(zh="没有找到所选的范围。", en="There is no such place."))


def scope_names(db: Session, scopes: Collection[str]) -> dict[str, Sentence]:
    """What people call these scopes. Three queries however many there are."""
    names: dict[str, Sentence] = {"all": Sentence(zh="全部区域", en="All regions")}
    for kind, column, name, name_en in (
        ("region", Region.code, Region.name, Region.name_en),
        ("school", School.id, School.name, School.name_en),
        ("group", Group.id, Group.name, Group.name),
    ):
        asked = [scope.partition(":")[2] for scope in scopes if scope.startswith(f"{kind}:")]
        values = asked if kind == "region" else [_id(value) for value in asked]
        if values:
            for key, zh, en in db.execute(sa.select(column, name, name_en).where(column.in_(values))):
                names[f"{kind}:{key}"] = Sentence(zh=zh, en=en or zh)
    return {scope: names.get(scope, Sentence(zh=scope, en=scope)) for scope in scopes}


def groups_offered(db: Session) -> list[tuple[UUID, str]]:
    """The groups, by name."""
    rows = db.execute(
        sa.select(Group.id, Group.name).where(Group.retired_at.is_(None)).order_by(Group.pinyin)
    )
    return [(id_, name) for id_, name in rows]


def school_name(db: Session, school_id: UUID) -> str:
    """What the school is called; empty where there is none."""
    return db.scalar(sa.select(School.name).where(School.id == school_id)) or ""


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


def _rows() -> sa.Select[Account, str]:
    return sa.select(Account, School.name).outerjoin(School, School.id == Account.school_id)


def _row(account: Account, school: str | None) -> AccountRow:
    return AccountRow(
        id=account.id,
        name=account.name,
        login=account.login or "",
        grants=tuple(Grant.parse(text) for text in account.grants),
        until=account.until(),
        school_id=account.school_id,
        school=school or "",
        person_id=account.person_id,
        last_sign_in_at=account.last_sign_in_at,
        disabled_reason=account.disabled_reason,
        has_password=account.password_hash is not None,
        mail=account.mail,
        phone=account.phone,
        language=account.language or "",
    )


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
