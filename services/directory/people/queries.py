"""Reads about people."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.people.model import Person
from shared.contracts.directory import PersonChanged


def person_states(db: Session) -> Iterator[PersonChanged]:
    """The present state of every person."""
    for person in db.scalars(sa.select(Person).order_by(Person.id)).yield_per(500):
        yield person.state()
