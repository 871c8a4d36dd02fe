"""Reads about who develops what."""

from collections.abc import Iterable, Iterator
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.developing.model import Part, Remark
from services.resources.items.model.item import Item
from shared.contracts.resources import ResourcesTask


def parts_of(db: Session, item_id: UUID) -> dict[UUID, Part]:
    """What each school does in an item."""
    return {part.school_id: part for part in db.scalars(sa.select(Part).where(Part.item_id == item_id))}


def parts_waiting(db: Session, schools: Iterable[UUID]) -> list[tuple[Part, str]]:
    """What these schools were asked to do and have not done, with the item's title, the oldest first."""
    rows = (
        sa.select(Part, Item.title)
        .join(Item, Item.id == Part.item_id)
        .where(Part.school_id.in_(list(schools)), sa.not_(Part.done), Item.state != "retired")
        .order_by(Part.asked_at, Part.item_id)
    )
    return [(part, title) for part, title in db.execute(rows.limit(20))]


def remarks_of(db: Session, item_id: UUID) -> list[Remark]:
    """What was said about it, the latest first."""
    rows = sa.select(Remark).where(Remark.item_id == item_id).order_by(Remark.at.desc(), Remark.id)
    return list(db.scalars(rows.limit(100)))


def part_tasks(db: Session) -> Iterator[ResourcesTask]:
    """What waits for schools that make an item together, and what did."""
    rows = sa.select(Part, Item.title).join(Item, Item.id == Part.item_id)
    for part, title in db.execute(rows.order_by(Part.item_id, Part.school_id)):
        yield part.waiting(title=title)
