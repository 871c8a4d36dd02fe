"""Reads about the parts of courses."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.courses.model import CoursePart
from services.resources.items.model.item import Item
from services.resources.items.queries.seeing import Reader, visible


def parts_for(db: Session, course_id: UUID, reader: Reader) -> list[tuple[int, Item]]:
    """The parts of a course that the reader may see, in order, with their places."""
    rows = db.execute(
        sa.select(CoursePart.index, Item)
        .join(Item, Item.id == CoursePart.item_id)
        .where(CoursePart.parent_id == course_id, visible(reader))
        .order_by(CoursePart.index)
    )
    return [(index, item) for index, item in rows]


def places_of(db: Session, course_id: UUID) -> list[UUID]:
    """All parts of a course in order, whoever may see them."""
    rows = sa.select(CoursePart.item_id).where(CoursePart.parent_id == course_id)
    return list(db.scalars(rows.order_by(CoursePart.index)))


def courses_of(db: Session, item_id: UUID, reader: Reader) -> list[Item]:
    """The courses that an item is part of, those that the reader may see."""
    rows = (
        sa.select(Item)
        .join(CoursePart, CoursePart.parent_id == Item.id)
        .where(CoursePart.item_id == item_id, visible(reader))
    )
    return list(db.scalars(rows.order_by(Item.title)))
