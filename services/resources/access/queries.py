"""Reads about requests and links."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.access.model import AccessRequest, ShareLink, hashed
from services.resources.items.model.item import Item
from shared.contracts.resources import ResourcesTask
from shared.errors import NotFound
from shared.text import Sentence


def requests_for(db: Session, item_id: UUID) -> list[AccessRequest]:
    """All requests for an item, those that wait first."""
    rows = sa.select(AccessRequest).where(AccessRequest.item_id == item_id)
    return sorted(db.scalars(rows), key=lambda one: (one.state != "asked", one.asked_at))


def request_of(db: Session, item_id: UUID, school_id: UUID) -> AccessRequest | None:
    """The latest request of a school for an item."""
    rows = sa.select(AccessRequest).where(
        AccessRequest.item_id == item_id, AccessRequest.school_id == school_id
    )
    return db.scalars(rows.order_by(AccessRequest.asked_at.desc()).limit(1)).first()


def links_of(db: Session, item_id: UUID) -> list[ShareLink]:
    """The links to an item, the latest first."""
    rows = sa.select(ShareLink).where(ShareLink.item_id == item_id).order_by(ShareLink.made_at.desc())
    return list(db.scalars(rows))


def item_by_link(db: Session, secret: str, *, at: datetime) -> Item:
    """The published item that a link leads to. Raises NotFound: a link that ended says no more than one that never was."""
    link = db.scalar(sa.select(ShareLink).where(ShareLink.secret == hashed(secret)))
    item = db.get(Item, link.item_id) if link is not None and link.holds(at) else None
    if item is None or item.current_id is None or item.state == "retired":
        raise NotFound(
            Sentence(
                zh="这个链接已经失效，请向分享的人要一个新的。",
                en="This link has ended. Ask whoever shared it for a new one.",
            )
        )
    return item


def access_tasks(db: Session) -> Iterator[ResourcesTask]:
    """What waits for makers to answer."""
    rows = db.execute(
        sa.select(AccessRequest, Item).join(Item, Item.id == AccessRequest.item_id).order_by(AccessRequest.id)
    )
    for request, item in rows:
        yield request.task(title=item.title, owner=item.school_id, region=item.region_code)
