"""Reads about channels."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from services.notifications.channels.model import UNSUBSCRIBE, Channel, LinkKey
from shared.auth import Principal
from shared.contracts.notifications import NotificationsTask
from shared.errors import NotFound
from shared.roster import name_of
from shared.text import Sentence

_AT_ONCE = 500

MYSELF = Sentence(zh="我自己", en="Myself")


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


@dataclass(frozen=True, slots=True)
class Way:
    """A channel as far as queueing needs it."""

    id: UUID
    owner: str
    school_id: UUID | None
    kind: str
    endpoint: str
    state: str


def ways_to(db: Session, owners: Collection[str]) -> list[Way]:
    """The channels of these owners by which something may go out, now or after a pause. One query for five hundred."""
    columns = (Channel.id, Channel.owner, Channel.school_id, Channel.kind, Channel.endpoint, Channel.state)
    found: list[Way] = []
    rows = list(owners)
    for start in range(0, len(rows), _AT_ONCE):
        there = sa.select(*columns).where(
            Channel.owner.in_(rows[start : start + _AT_ONCE]),
            Channel.removed_at.is_(None),
            Channel.state != "off",
        )
        found += [Way(*row) for row in db.execute(there)]
    return found


def channel_of(db: Session, channel_id: UUID, owners: Collection[str]) -> Channel | None:
    """The channel if it is one of these owners' and was not removed."""
    channel = db.get(Channel, channel_id)
    there = channel is not None and channel.owner in owners and channel.removed_at is None
    return channel if there else None


def owners_of(principal: Principal) -> frozenset[str]:
    """For whom somebody chooses channels: the schools that they are liaison of, and themselves."""
    return frozenset({principal.actor, *(f"school:{id_}" for id_ in principal.schools)})


def names_of(db: Session, owners: Collection[str]) -> Mapping[str, Sentence]:
    """What people call these owners, schools first."""
    ordered = sorted(owners, key=lambda owner: (owner.startswith("account:"), owner))
    return {owner: MYSELF if owner.startswith("account:") else name_of(db, owner) for owner in ordered}


def read_token(db: Session, token: str) -> tuple[UUID, str]:
    """The channel and the class behind a link that ends a kind of mail. Raises NotFound for one that we did not make."""
    key = db.scalar(sa.select(LinkKey.secret).where(LinkKey.name == UNSUBSCRIBE))
    try:
        channel, class_name = URLSafeSerializer(key or "", salt=UNSUBSCRIBE).loads(token)
        return UUID(channel), str(class_name)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound(
            Sentence(zh="这个链接不对，可能没有复制完整。", en="This link is not whole, or none of ours.")
        ) from error


def channel_tasks(db: Session) -> Iterator[NotificationsTask]:
    """Of every channel that was ever stopped or changed whether it waits for its owner."""
    for channel in db.scalars(sa.select(Channel).where(Channel.version > 1).order_by(Channel.id)).yield_per(
        500
    ):
        yield channel.task()
