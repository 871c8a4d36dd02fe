"""Items that are open to everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.harvesting.model import PublicRecord
from services.resources.items.model.item import Item, Version
from services.resources.items.queries.listing import makers_of
from shared.errors import NotFound
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class Told:
    """An item as it is told. version: None where it is open to everybody no more."""

    item: Item
    version: Version | None
    makers: tuple[str, ...]
    changed_at: datetime


def told_of(
    db: Session,
    *,
    kind: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Told]:
    """What harvesters hear, by the moment it changed. until: to the end of its second. after: the last that was heard."""
    record = PublicRecord
    rows = (
        sa.select(record, Item, Version)
        .join(Item, Item.id == record.item_id)
        .join(Version, Version.id == Item.current_id)
        .order_by(record.changed_at, record.item_id)
        .limit(limit)
    )
    if kind:
        rows = rows.where(Item.kind == kind)
    if since is not None:
        rows = rows.where(record.changed_at >= since)
    if until is not None:
        rows = rows.where(record.changed_at < until + timedelta(seconds=1))
    if after is not None:
        moment, last = after
        rows = rows.where(
            sa.or_(record.changed_at > moment, sa.and_(record.changed_at == moment, record.item_id > last))
        )
    found = db.execute(rows).all()
    names = _names(db, [item.id for _, item, _ in found])
    return [
        Told(item, version if one.public else None, names[item.id], one.changed_at)
        for one, item, version in found
    ]


def one_told(db: Session, item_id: UUID) -> Told | None:
    """What harvesters hear of one item; None where it never was open to everybody."""
    record, item = db.get(PublicRecord, item_id), db.get(Item, item_id)
    if record is None or item is None or item.current_id is None:
        return None
    version = db.get_one(Version, item.current_id) if record.public else None
    return Told(item, version, _names(db, [item_id])[item_id], record.changed_at)


def public_item(db: Session, item_id: UUID) -> tuple[Told, Version]:
    """One that is open to everybody now, with what it says. Raises NotFound."""
    told = one_told(db, item_id)
    if told is None or told.version is None:
        raise NotFound(
            Sentence(
                zh="没有这个公开的资源；登录后可能看得到更多。",
                en="There is no such public item; who signs in may see more.",
            )
        )
    return told, told.version


def earliest(db: Session) -> datetime | None:
    """When the first of all records changed."""
    return db.scalar(sa.select(sa.func.min(PublicRecord.changed_at)))


def _names(db: Session, items: list[UUID]) -> Mapping[UUID, tuple[str, ...]]:
    return {item_id: tuple(name for _, name in schools) for item_id, schools in makers_of(db, items).items()}
