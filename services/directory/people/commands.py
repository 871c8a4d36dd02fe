"""What may be done with people beside importing a roster: they leave, come back, change school, or are one person."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from services.directory.organisations.model import Organisation
from services.directory.people.model import Person
from services.directory.people.queries import person_within
from services.directory.schools.model import School
from services.directory.schools.queries import school_within
from shared.contracts.scheduling import TraineeEntered
from shared.db import Transaction


def take_in(tx: Transaction, event: TraineeEntered) -> None:
    """Somebody whom scheduling found on a list works at a school or an office; the list is kept as their source.

    A fact is never refused: who is there already, and whose school or office is not there or not any more, is passed over;
    scheduling then still offers whom it may be.
    """
    unit = (
        tx.db.get(School, event.school_id)
        if event.school_id
        else tx.db.get(Organisation, event.organisation_id)
    )
    at = (
        Person.school_id == event.school_id
        if event.school_id
        else Person.organisation_id == event.organisation_id
    )
    there = sa.select(Person.id).where(Person.name == event.name, at, Person.left_at.is_(None))
    if (
        unit is None
        or unit.retired_at is not None
        or tx.db.get(Person, event.person_id) is not None
        or tx.db.scalar(there.limit(1)) is not None
    ):
        return
    person = Person.enter(
        id_=event.person_id,
        name=event.name,
        school_id=event.school_id,
        organisation_id=event.organisation_id,
        post=event.post,
        source=f"《{event.title}》{event.source}",
    )
    tx.db.add(person)
    tx.emit(person.state())


def leave(tx: Transaction, *, person_id: UUID, scopes: Iterable[str]) -> Person:
    """Somebody in the scopes works there no more. Raises NotFound and Refusal."""
    person = _locked(tx, person_id, scopes)
    tx.emit(person.leave(at=tx.now))
    return person


def come_back(tx: Transaction, *, person_id: UUID, scopes: Iterable[str]) -> Person:
    """Take back that somebody left. Raises NotFound and Refusal."""
    person = _locked(tx, person_id, scopes)
    tx.emit(person.come_back())
    return person


def move(tx: Transaction, *, person_id: UUID, school_id: UUID, since: str, scopes: Iterable[str]) -> Person:
    """Somebody works at another school now; both lie in the scopes. Raises NotFound and Refusal."""
    school_within(tx.db, school_id, scopes)
    person = _locked(tx, person_id, scopes)
    tx.emit(person.move(school_id=school_id, since=since))
    return person


def merge(tx: Transaction, *, person_id: UUID, into: UUID, scopes: Iterable[str]) -> Person:
    """Two records of one person, of two rosters, become one: `into` stays. Raises NotFound and Refusal."""
    first, second = sorted(
        (person_id, into)
    )  # one order for everybody, so that two merges cannot lock each other
    locked = {id_: _locked(tx, id_, scopes) for id_ in (first, second)}
    tx.emit(locked[person_id].merge_into(locked[into], at=tx.now))
    return locked[into]


def _locked(tx: Transaction, person_id: UUID, scopes: Iterable[str]) -> Person:
    person_within(tx.db, person_id, scopes)
    return tx.load(Person, person_id)
