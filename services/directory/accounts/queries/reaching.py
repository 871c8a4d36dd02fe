"""How far scopes reach: whether one lies within another, what it is called, and which may be given."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.accounts.policies import KEEPERS, roles_given_by
from services.directory.groups.model import Group
from services.directory.regions.model import Region
from services.directory.schools.model import School
from services.directory.schools.queries import lies_in
from shared.auth import Grant, Principal
from shared.auth.grants import significant
from shared.errors import NotFound
from shared.text import Sentence


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


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
