"""Whether somebody is placed already, and the lock under which that stays true until the commit."""

import zlib
from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.placements.model import Placement

#: Space of our advisory locks.
LOCKS = 0x504C43

_LOCK = sa.text(
    "SELECT pg_advisory_xact_lock(:space, bucket) FROM unnest(CAST(:buckets AS integer[])) AS bucket"
)


def lock_people(db: Session, people: Collection[UUID]) -> None:
    """Let nobody else place any of these until the commit, in one order for everybody. SQLite has one writer anyway."""
    if people and db.get_bind().dialect.name == "postgresql":
        buckets = sorted({zlib.crc32(id_.bytes) & 0x3FF for id_ in people})
        db.connection().execute(_LOCK, {"space": LOCKS, "buckets": buckets})


def overlapping(
    db: Session, people: Collection[UUID], *, starts_on: date, ends_on: date, besides: UUID | None = None
) -> list[Placement]:
    """What takes the time of any of these people between two days, both counted, by its start. One query."""
    found = db.scalars(
        sa.select(Placement)
        .where(
            Placement.person_id.in_(list(people)),
            Placement.taking,
            Placement.starts_on <= ends_on,
            sa.func.coalesce(Placement.left_on, Placement.ends_on) >= starts_on,
            Placement.id != besides if besides else sa.true(),
        )
        .order_by(Placement.starts_on, Placement.id)
    )
    return list(found)
