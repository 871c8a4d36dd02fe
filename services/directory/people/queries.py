"""Reads about people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.organisations.model import Organisation
from services.directory.people.model import Person
from services.directory.schools.model import School
from services.directory.schools.queries import lies_in, matches
from shared.auth.grants import significant
from shared.contracts.directory import PersonChanged
from shared.errors import NotFound
from shared.text import Sentence

Sort = Literal["name", "unit", "since", "birth"]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in a list. unit is the school or organisation; region_code where it lies."""

    id: UUID
    name: str
    sex: str
    birth: str
    id_last4: str
    subject: str
    post: str
    title: str
    backbone: str
    since: str
    degree: str
    stage: str
    phone: str
    school_id: UUID | None
    unit: str
    region_code: str
    region_name: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list, and how many there are in all."""

    rows: Sequence[PersonRow]
    total: int


def people_listed(
    db: Session,
    scopes: Iterable[str],
    *,
    words: str = "",
    school: UUID | None = None,
    subject: str = "",
    backbone: str = "",
    region: str = "",
    sort: Sort = "name",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = 25,
) -> Found:
    """Who works in the scopes and matches all that is given. Two queries, however many there are.

    words: part of the name, its pinyin or its initials. region: a code; all below it count.
    """
    scopes = frozenset(scopes)
    wanted: list[sa.ColumnElement[bool]] = [Person.left_at.is_(None), Person.merged_into.is_(None)]
    if "all" not in scopes:
        wanted.append(sa.or_(lies_in(scopes), _serves(scopes)))
    if words:
        wanted.append(matches(words, Person.name, Person.pinyin))
    wanted += [
        column == value for column, value in ((Person.subject, subject), (Person.backbone, backbone)) if value
    ]
    if school is not None:
        wanted.append(Person.school_id == school)
    where = sa.func.coalesce(School.region_code, Organisation.region_code)
    if region:
        wanted.append(where.startswith(significant(region), autoescape=True))
    joined = sa.join(Person, School, School.id == Person.school_id, isouter=True).join(
        Organisation, Organisation.id == Person.organisation_id, isouter=True
    )
    needs_places = region or "all" not in scopes
    counted = sa.select(sa.func.count()).select_from(joined if needs_places else Person).where(*wanted)
    unit = sa.func.coalesce(School.name, Organisation.name, "")
    order: dict[Sort, list[sa.SQLColumnExpression[Any]]] = {
        "name": [Person.pinyin],
        "unit": [where, unit, Person.pinyin],
        "since": [Person.since],
        "birth": [Person.birth],
    }
    by = [column.desc() if descending else column.asc() for column in order[sort]]
    rows: Iterable[Any] = db.execute(
        sa.select(
            Person.id,
            Person.name,
            Person.sex,
            Person.birth,
            Person.id_last4,
            Person.subject,
            Person.post,
            Person.title,
            Person.backbone,
            Person.since,
            Person.degree,
            Person.stage,
            Person.phone,
            Person.school_id,
            unit,
            sa.func.coalesce(where, ""),
            sa.func.coalesce(School.region_name, ""),
        )
        .select_from(joined)
        .where(*wanted)
        .order_by(*by, Person.id)
        .offset(offset)
        .limit(limit)
    )
    return Found([PersonRow(*row) for row in rows], db.scalar(counted) or 0)


def person_within(db: Session, person_id: UUID, scopes: Iterable[str]) -> Person:
    """One person, read only. Raises NotFound also where they work outside the scopes."""
    person = db.get(Person, person_id)
    scopes = frozenset(scopes)
    if person is not None and "all" not in scopes:
        allowed = sa.select(sa.literal(1)).where(
            sa.or_(
                sa.exists().where(School.id == person.school_id, lies_in(scopes)),
                sa.exists().where(Organisation.id == person.organisation_id, _serves(scopes)),
            )
        )
        if db.scalar(allowed) is None:
            person = None
    if person is None:
        raise NotFound(
            Sentence(
                zh="没有找到这个人，或者不在你的范围内。",
                en="There is no such person, or they are outside your scope.",
            )
        )
    return person


def person_states(db: Session) -> Iterator[PersonChanged]:
    """The present state of every person."""
    for person in db.scalars(sa.select(Person).order_by(Person.id)).yield_per(500):
        yield person.state()


def _serves(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether an organisation lies in any of the regions; it belongs to no school and no group."""
    regions = [scope.removeprefix("region:") for scope in scopes if scope.startswith("region:")]
    return sa.or_(
        sa.false(),
        *(Organisation.region_code.startswith(significant(code), autoescape=True) for code in regions),
    )
