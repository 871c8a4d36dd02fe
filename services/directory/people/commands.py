"""What may be done with people beside importing a roster: they leave, come back, change school, or are one person."""

from collections.abc import Iterable
from uuid import UUID

from services.directory.people.model import Person
from services.directory.people.queries import person_within
from services.directory.schools.queries import school_within
from shared.db import Transaction


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
