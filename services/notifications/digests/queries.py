"""Reads for digests: whose hour has come, and what was read meanwhile."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.deliveries.model import Delivery
from services.notifications.inbox.model import Entry, Notice

_DUE = Delivery.state == sa.literal_column("'digest'")


def channels_due(db: Session, *, now: datetime, limit: int) -> Sequence[UUID]:
    """Some of the channels for which a digest is due."""
    return db.scalars(
        sa.select(Delivery.channel_id).where(_DUE, Delivery.due_at <= now).distinct().limit(limit)
    ).all()


def due_for(db: Session, channels: Collection[UUID], *, now: datetime) -> Sequence[Delivery]:
    """What is due for them, locked, in the order in which it was queued."""
    return db.scalars(
        sa.select(Delivery)
        .where(_DUE, Delivery.due_at <= now, Delivery.channel_id.in_(list(channels)))
        .order_by(Delivery.queued_at, Delivery.id)
        .with_for_update()
    ).all()


def read_meanwhile(db: Session, deliveries: Collection[Delivery]) -> set[UUID]:
    """Those of the deliveries whose school has read the notice in its inbox by now. One query."""
    notices = {each.notice_id for each in deliveries}
    rows = db.execute(
        sa.select(Notice.id, Entry.school_id)
        .join(Entry, Entry.notice_seq == Notice.seq)
        .where(Notice.id.in_(notices), Entry.read_at.is_not(None))
    )
    read = {(row.id, row.school_id) for row in rows}
    return {each.id for each in deliveries if (each.notice_id, each.school_id) in read}
