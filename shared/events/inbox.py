"""The inbox: what this consumer has applied, so that a duplicate has no second effect.

A row is written in the transaction of the effect. Rows outlive the topic's retention, the outbox's and the
dead letters' replay window, because each of these can bring an event back.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text
from sqlalchemy.orm import Session

from shared.db.base import SPINE, UtcDateTime
from shared.db.sets import dialect_of, one_of

# The id is kept as text: CloudEvents calls any string an id, and the publisher alone chooses it.
inbox = Table(
    "inbox",
    SPINE,
    Column("consumer", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("applied_at", UtcDateTime, nullable=False, index=True),
    PrimaryKeyConstraint("consumer", "event_id"),
)


def known(db: Session, consumer: str, event_ids: Collection[str]) -> set[str]:
    """Those of `event_ids` that this consumer has applied."""
    if not event_ids:
        return set()
    wanted = {"consumer": consumer, "event_ids": list(event_ids)}
    return set(db.scalars(_known(dialect_of(db)), wanted))


def remember(db: Session, consumer: str, event_ids: Sequence[str], *, at: datetime) -> None:
    """Write down that these were applied. A violation of the key means that another member did it too."""
    if event_ids:
        db.execute(
            sa.insert(inbox),
            [{"consumer": consumer, "event_id": event_id, "applied_at": at} for event_id in event_ids],
        )


def purge(db: Session, *, before: datetime, most: int = 10_000) -> int:
    """Forget what was applied before that moment, at most so many rows; answers how many."""
    old = sa.select(inbox.c.consumer, inbox.c.event_id).where(inbox.c.applied_at < before).limit(most)
    gone = db.execute(sa.delete(inbox).where(sa.tuple_(inbox.c.consumer, inbox.c.event_id).in_(old)))
    return int(gone.rowcount)  # type: ignore[attr-defined]


@cache
def _known(dialect: str) -> sa.Select[str]:
    return sa.select(inbox.c.event_id).where(
        inbox.c.consumer == sa.bindparam("consumer"), one_of(dialect, inbox.c.event_id, "event_ids")
    )
