"""Reads about organisations."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.organisations.model import Organisation
from shared.contracts.directory import OrganisationChanged


def organisation_states(db: Session) -> Iterator[OrganisationChanged]:
    """The present state of every organisation."""
    for organisation in db.scalars(sa.select(Organisation).order_by(Organisation.id)).yield_per(500):
        yield organisation.state()
