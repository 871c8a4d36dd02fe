"""Reads about regions."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.regions.model import Region
from shared.contracts.directory import RegionChanged


def region_states(db: Session) -> Iterator[RegionChanged]:
    """The present state of every region."""
    for region in db.scalars(sa.select(Region).order_by(Region.id)).yield_per(500):
        yield region.state()
