"""Reads about who develops what."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.developing.model import Part, Remark


def parts_of(db: Session, item_id: UUID) -> dict[UUID, Part]:
    """What each school does in an item."""
    return {part.school_id: part for part in db.scalars(sa.select(Part).where(Part.item_id == item_id))}


def remarks_of(db: Session, item_id: UUID) -> list[Remark]:
    """What was said about it, the latest first."""
    rows = sa.select(Remark).where(Remark.item_id == item_id).order_by(Remark.at.desc(), Remark.id)
    return list(db.scalars(rows.limit(100)))
