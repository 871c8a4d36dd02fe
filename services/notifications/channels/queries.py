"""Reads about channels."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.channels.model import Channel

_AT_ONCE = 500


def channels_of(db: Session, owners: Collection[str]) -> Sequence[Channel]:
    """The channels of these owners that were not removed, in the order in which they were added."""
    found: list[Channel] = []
    rows = list(owners)
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        found += db.scalars(
            sa.select(Channel)
            .where(Channel.owner.in_(some), Channel.removed_at.is_(None))
            .order_by(Channel.created_at, Channel.id)
        )
    return found


def channel_of(db: Session, channel_id: UUID, owners: Collection[str]) -> Channel | None:
    """The channel if it is one of these owners'; also one that was removed."""
    channel = db.get(Channel, channel_id)
    return channel if channel is not None and channel.owner in owners else None
