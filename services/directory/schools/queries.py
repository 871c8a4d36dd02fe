"""Reads about schools."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.directory.groups.model import Group
from services.directory.people.model import Person
from services.directory.schools.model import School
from shared.auth.grants import significant
from shared.contracts.directory import TAUGHT, SchoolChanged
from shared.errors import NotFound
from shared.text import Sentence

#: What words are looked for in.
Column = sa.ColumnElement[str] | InstrumentedAttribute[str]

Sort = Literal["code", "name", "pupils", "people"]


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school in a list. pupils is None where nobody has counted; people are those who work there now."""

    id: UUID
    code: str
    name: str
    name_en: str
    stage: str
    region_name: str
    setting: str = ""
    pupils: int | None = None
    people: int = 0
    contact: str = ""
    phone: str = ""
    region_code: str = ""
    pupils_primary: int | None = None
    pupils_junior: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list, and how many there are in all, or on it where nobody counted."""

    rows: Sequence[SchoolRow]
    total: int


def lies_in(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether a school lies in any of the scopes: `all`, `region:CODE`, `group:ID`, `school:ID`."""
    return sa.or_(sa.false(), *(_within(scope) for scope in scopes))


def ids_in(scopes: Iterable[str]) -> sa.Select[UUID]:
    """Selects the ids of the schools in any of the scopes."""
    return sa.select(School.id).where(lies_in(scopes))


def schools_within(db: Session, scopes: Iterable[str], *, stage: str = "") -> list[SchoolRow]:
    """The schools that teach, or teach that stage, and lie in any of the scopes, by region and code."""
    return list(schools_listed(db, scopes, stage=stage, limit=None).rows)


def schools_listed(
    db: Session,
    scopes: Iterable[str],
    *,
    words: str = "",
    stage: str = "",
    setting: str = "",
    region: str = "",
    sort: Sort = "code",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = 25,
    count: bool = True,
) -> Found:
    """The schools in the scopes that match all that is given. Two queries, or one without a limit or uncounted.

    words: parts of the name, its pinyin, its initials, the English name or the code. stage: those of several stages are among those of
    each. region: a code; all below it count.
    """
    wanted = [lies_in(scopes), School.retired_at.is_(None)]
    if words:
        wanted.append(matches(words, School.name, School.pinyin, School.code, sa.func.lower(School.name_en)))
    if stage:
        wanted.append(
            School.stage.in_([stage, *(each for each, taught in TAUGHT.items() if stage in taught)])
        )
    if setting:
        wanted.append(School.setting == setting)
    if region:
        wanted.append(School.region_code.startswith(significant(region), autoescape=True))
    people = (
        sa.select(sa.func.count())
        .where(Person.school_id == School.id, Person.left_at.is_(None))
        .correlate(School)
        .scalar_subquery()
        .label("people")
    )
    order: dict[Sort, list[sa.SQLColumnExpression[Any]]] = {
        "code": [School.region_code, School.code],
        "name": [School.pinyin],
        "pupils": [sa.func.coalesce(School.pupils, -1)],
        "people": [people],
    }
    by = [column.desc() if descending else column.asc() for column in order[sort]]
    found = db.execute(
        sa.select(
            School.id,
            School.code,
            School.name,
            School.name_en,
            School.stage,
            School.region_name,
            School.setting,
            School.pupils,
            people,
            School.contact,
            School.phone,
            School.region_code,
            School.pupils_primary,
            School.pupils_junior,
        )
        .where(*wanted)
        .order_by(*by, School.id)
        .offset(offset)
        .limit(limit)
    )
    rows = [SchoolRow(*row) for row in found]
    if limit is None or not count:
        return Found(rows, len(rows))
    return Found(rows, db.scalar(sa.select(sa.func.count()).select_from(School).where(*wanted)) or 0)


def school_names(db: Session, ids: Iterable[UUID], scopes: Iterable[str]) -> dict[UUID, str]:
    """What those of the schools that lie in the scopes are called. One query."""
    rows = db.execute(sa.select(School.id, School.name).where(School.id.in_(list(ids)), lies_in(scopes)))
    return {row.id: row.name for row in rows}


def school_within(db: Session, school_id: UUID, scopes: Iterable[str]) -> SchoolRow:
    """One school. Raises NotFound also where it lies outside the scopes: that it exists is nobody else's business."""
    found = schools_listed(db, [f"school:{school_id}"]).rows
    allowed = db.scalar(sa.select(School.id).where(School.id == school_id, lies_in(scopes)))
    if not found or allowed is None:
        raise NotFound(
            Sentence(
                zh="没有找到这所学校，或者它不在你的范围内。",
                en="There is no such school, or it is outside your scope.",
            )
        )
    return found[0]


def states(db: Session) -> Iterator[SchoolChanged]:
    """The present state of every school."""
    for school in db.scalars(sa.select(School).order_by(School.id)).yield_per(500):
        yield school.state()


def matches(words: str, *columns: Column, written: Sequence[Column] = ()) -> sa.ColumnElement[bool]:
    """Whether any of the columns holds every word; what cannot be seen, such as NUL, is no part of one.

    Words are compared in lower case, and so columns that have capitals need `lower`. written: names in Chinese, whose
    sound is in `columns`: of many rows each is looked at in the one place where a word can be.
    """
    words = "".join(each if each.isprintable() else " " for each in words)
    return sa.and_(
        sa.true(),
        *(
            sa.or_(*(column.contains(word, autoescape=True) for column in _where(word, columns, written)))
            for word in words.lower().split()[:4]
        ),
    )


def _where(word: str, sounds: Sequence[Column], written: Sequence[Column]) -> Sequence[Column]:
    if written and word.isascii() and word.isalnum():
        return sounds
    if written and not any(sign.isascii() for sign in word):
        return written
    return (*sounds, *written)


def _within(scope: str) -> sa.ColumnElement[bool]:
    kind, _, value = scope.partition(":")
    if scope == "all":
        return sa.true()
    if kind == "region":
        return School.region_code.startswith(significant(value), autoescape=True)
    if kind == "school":
        return School.id == _id(value)
    if kind == "group":
        return _in_group(value)
    return sa.false()


def _in_group(value: str) -> sa.ColumnElement[bool]:
    """The lead school, or one that the list of members names; the databases write ids with and without dashes."""
    group = sa.select(Group.lead_school_id, Group.member_ids).where(Group.id == _id(value)).subquery()
    members, own = (
        sa.func.replace(sa.cast(column, sa.String), "-", "") for column in (group.c.member_ids, School.id)
    )
    return sa.exists().where(sa.or_(School.id == group.c.lead_school_id, members.contains(own)))


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:  # a scope comes out of a token, which may name what is newer than this code
        return None
