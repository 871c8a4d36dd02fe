"""Reads about ratings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.items.model.item import Version
from services.resources.ratings.model import Rating


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rated, and the mean of their stars."""

    count: int
    mean: float


@dataclass(frozen=True, slots=True)
class Said:
    """A rating, and the index of the version that it is about."""

    rating: Rating
    index: int


def ratings_of(db: Session, item_id: UUID) -> list[Said]:
    """What was said of all versions of an item, the newest version first, the latest word first; 200 at most."""
    rows = db.execute(
        sa.select(Rating, Version.index)
        .join(Version, Version.id == Rating.version_id)
        .where(Rating.item_id == item_id)
        .order_by(Version.index.desc(), Rating.at.desc(), Rating.id)
        .limit(200)
    )
    return [Said(rating, index) for rating, index in rows]


def sums_by_version(db: Session, versions: Iterable[UUID]) -> Mapping[UUID, Sum]:
    """For each version that somebody rated, how it is rated."""
    rows = db.execute(
        sa.select(Rating.version_id, sa.func.count(), sa.func.avg(Rating.stars))
        .where(Rating.version_id.in_(list(versions)))
        .group_by(Rating.version_id)
    )
    return {version_id: Sum(count, float(mean)) for version_id, count, mean in rows}


def own_rating(db: Session, version_id: UUID | None, by: str) -> Rating | None:
    """What somebody said of a version."""
    return db.scalar(sa.select(Rating).where(Rating.version_id == version_id, Rating.by == by))
