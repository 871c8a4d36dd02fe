"""Reads about people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.organisations.model import Organisation
from services.directory.organisations.queries import serves
from services.directory.people.model import Person
from services.directory.schools.model import School
from services.directory.schools.queries import lies_in, matches
from shared.auth import covers
from shared.contracts.directory import PersonChanged
from shared.errors import NotFound
from shared.text import Sentence

Sort = Literal["name", "since", "birth"]

#: How far a list can be paged; who looks for somebody further on says more about whom.
DEEPEST = 10_000


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
    """A page of a list, and how many there are in all, or on it where nobody counted."""

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
    count: bool = True,
) -> Found:
    """Who works in the scopes and matches all that is given. Two queries, however many there are; one uncounted.

    words: part of the name, its pinyin or its initials. region: a code; all below it count. offset: at most DEEPEST.
    """
    wanted: list[sa.ColumnElement[bool]] = [Person.left_at.is_(None), Person.merged_into.is_(None)]
    if words:  # first: it leaves few rows to ask the places about
        wanted.append(matches(words, Person.pinyin, written=[Person.name]))
    scopes = frozenset(scopes)
    # Who looks after all of the region that was asked for needs no second look at where each one works.
    if not any(covers(scope, region=region or None) for scope in scopes):
        wanted.append(_works(lies_in(scopes), serves(scopes)))
    if region:
        inside = [f"region:{region}"]
        wanted.append(_works(lies_in(inside), serves(inside)))
    if school is not None:
        wanted.append(Person.school_id == school)
    wanted += [
        column == value for column, value in ((Person.subject, subject), (Person.backbone, backbone)) if value
    ]
    total = db.scalar(sa.select(sa.func.count()).select_from(Person).where(*wanted)) or 0 if count else None
    unit = sa.func.coalesce(School.name, Organisation.name, "")
    where = sa.func.coalesce(School.region_code, Organisation.region_code, "")
    order: dict[Sort, list[sa.SQLColumnExpression[Any]]] = {
        "name": [Person.pinyin],
        "since": [Person.since],
        "birth": [Person.birth],
    }
    by = [*(column.desc() if descending else column.asc() for column in order[sort]), Person.id]
    # Which rows stand on the page is decided on narrow rows; only those are then joined with what is shown.
    page = sa.select(Person.id).where(*wanted).order_by(*by).offset(min(offset, DEEPEST)).limit(limit)
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
            where,
            sa.func.coalesce(School.region_name, ""),
        )
        .join_from(Person, School, isouter=True)
        .join(Organisation, Organisation.id == Person.organisation_id, isouter=True)
        .where(Person.id.in_(page))
        .order_by(*by)
    )
    shown = [PersonRow(*row) for row in rows]
    return Found(shown, len(shown) if total is None else total)


def person_within(db: Session, person_id: UUID, scopes: Iterable[str]) -> Person:
    """One person, read only. Raises NotFound also where they work outside the scopes."""
    person = db.get(Person, person_id)
    scopes = frozenset(scopes)
    if person is not None and "all" not in scopes:
        allowed = sa.select(sa.literal(1)).where(
            sa.or_(
                sa.exists().where(School.id == person.school_id, lies_in(scopes)),
                sa.exists().where(Organisation.id == person.organisation_id, serves(scopes)),
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


def _works(
    at_school: sa.ColumnElement[bool], at_organisation: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Whether somebody works at such a school or organisation: the places are few and looked up once."""
    return sa.or_(
        Person.school_id.in_(sa.select(School.id).where(at_school)),
        Person.organisation_id.in_(sa.select(Organisation.id).where(at_organisation)),
    )
