"""What is offered where somebody types a part of a name: people and schools of the register, a few at a time."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.accounts.model import Account
from services.directory.accounts.queries.reaching import school_name
from services.directory.people.queries import people_listed, person_within
from services.directory.schools.model import School
from services.directory.schools.queries import lies_in, schools_listed
from shared.errors import NotFound
from shared.text import Sentence

#: How many are offered at once; who looks for another types more.
OFFERED = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """One to choose. said: what tells it from others of the same name."""

    id: UUID
    name: Sentence
    said: str


@dataclass(frozen=True, slots=True)
class Offers:
    """The one that is chosen first, then what the words mean; more: that there are others."""

    rows: list[Offer]
    more: bool = False


def people_offered(db: Session, scopes: Collection[str], *, words: str, chosen: UUID | None) -> Offers:
    """People in the scopes by name, pinyin or initials, or by their unit's name."""
    rows: list[Offer] = []
    found = people_listed(db, scopes, words=words, limit=OFFERED + 1, count=False).rows if words else ()
    if words and not found:
        found = tuple(
            row
            for school in schools_listed(db, scopes, words=words, limit=2, count=False).rows
            for row in people_listed(db, scopes, school=school.id, limit=OFFERED + 1, count=False).rows
        )
    more = len(found) > OFFERED
    for row in found[:OFFERED]:
        said = " · ".join(filter(None, (row.unit, row.subject, row.post)))
        rows.append(Offer(row.id, Sentence(zh=row.name, en=row.name), said))
    if chosen and all(row.id != chosen for row in rows):
        with suppress(NotFound):  # of a form that somebody made up
            person = person_within(db, chosen, scopes)
            said = (school_name(db, person.school_id) if person.school_id else "") or person.post
            rows.insert(0, Offer(person.id, Sentence(zh=person.name, en=person.name), said))
    return Offers(rows, more=more)


def schools_offered(db: Session, scopes: Collection[str], *, words: str, chosen: UUID | None) -> Offers:
    """Schools in the scopes by name, pinyin, initials or code; without words all of them where they are few."""
    found = schools_listed(db, scopes, words=words, sort="name", limit=OFFERED + 1, count=False).rows
    more = len(found) > OFFERED
    shown = found[:OFFERED] if words or not more else ()
    rows = [
        Offer(row.id, Sentence(zh=row.name, en=row.name_en or row.name), row.region_name) for row in shown
    ]
    if chosen and all(row.id != chosen for row in rows):
        one = db.scalar(sa.select(School).where(School.id == chosen, lies_in(scopes)))
        if one is not None:
            rows.insert(0, Offer(one.id, Sentence(zh=one.name, en=one.name_en or one.name), one.region_name))
    return Offers(rows, more=more and bool(words))


def account_of(db: Session, person_id: UUID) -> UUID | None:
    """An account that the person has already."""
    return db.scalar(sa.select(Account.id).where(Account.person_id == person_id).limit(1))
