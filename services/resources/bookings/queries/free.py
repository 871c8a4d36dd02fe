"""Whether a facility is free at a time, and what is where it is not."""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.bookings.model import Booking
from services.resources.facilities.model.facility import Facility
from services.resources.facilities.model.lending import LONGEST, Borrower, nearest_free, why_not
from services.resources.facilities.queries import lent_to, with_zones
from shared.contracts.resources import Free

#: How many other facilities are looked at for what can be had instead.
_LOOKED_AT = 50
_OFFERED = 4

#: Further than the nearest free times are looked for.
_NEAR = timedelta(days=8)

#: Space of our advisory locks, and how many there are: two rooms may share one.
_LOCKS, _BUCKETS = 0x424B47, 4096

#: Made once, for to make it costs more than to ask it.
_TAKEN = (
    sa.select(Booking.id)
    .where(
        Booking.facility_id == sa.bindparam("facility"),
        Booking.blocking,
        Booking.starts_at < sa.bindparam("end"),
        Booking.starts_at > sa.bindparam("longest_ago"),
        Booking.ends_at > sa.bindparam("start"),
        Booking.id != sa.bindparam("besides"),
    )
    .limit(1)
)
#: The same, and whether the room is ours to book until the commit: it is not if somebody else is at it just now.
_TAKEN_OR_LOCKED = sa.select(
    sa.exists(_TAKEN).label("taken"),
    sa.func.pg_try_advisory_xact_lock(sa.bindparam("space"), sa.bindparam("bucket")).label("locked"),
)
#: Waits for who is at it, together with all others that do, and keeps nobody out.
_AWAIT = sa.text(
    "SELECT pg_advisory_lock_shared(:space, :bucket), pg_advisory_unlock_shared(:space, :bucket)"
)
_LOCK = sa.text("SELECT pg_advisory_xact_lock(:space, :bucket)")


def taken(
    db: Session,
    facility_ids: Sequence[UUID],
    *,
    starts_at: datetime,
    ends_at: datetime,
    besides: UUID | None = None,
) -> list[Booking]:
    """Who has these facilities within a time, by time."""
    rows = sa.select(Booking).where(
        Booking.facility_id.in_(facility_ids),
        Booking.blocking,
        Booking.starts_at < ends_at,
        Booking.ends_at > starts_at,
    )
    if besides is not None:
        rows = rows.where(Booking.id != besides)
    return list(db.scalars(rows.order_by(Booking.starts_at)))


def is_taken(
    db: Session,
    facility_id: UUID,
    *,
    starts_at: datetime,
    ends_at: datetime,
    besides: UUID | None = None,
    locked: bool = True,
) -> bool:
    """Whether somebody has it within a time.

    locked: on PostgreSQL nobody else books it until the commit, and who is at it just now is waited for; a second look tells
    then what became of it. Without waiting it is one statement. On SQLite one writes at a time.
    """
    wish = {
        "facility": facility_id,
        "start": starts_at,
        "end": ends_at,
        "longest_ago": starts_at - LONGEST,
        "besides": besides or facility_id,
    }
    if locked and db.get_bind().dialect.name == "postgresql":
        lock = {"space": _LOCKS, "bucket": zlib.crc32(facility_id.bytes) % _BUCKETS}
        # Of many who want one room at once all but one are refused, and need not do that one after the other.
        for wait in (None, _AWAIT, _LOCK):
            if wait is not None:
                db.connection().execute(wait, lock)
            seen = db.connection().execute(_TAKEN_OR_LOCKED, {**lock, **wish}).one()
            if seen.taken or seen.locked:
                return bool(seen.taken)
    return db.connection().execute(_TAKEN, wish).first() is not None


def alternatives(
    db: Session,
    facility: Facility,
    borrower: Borrower,
    *,
    starts_at: datetime,
    ends_at: datetime,
    people: int,
    now: datetime,
    zone: ZoneInfo,
    besides: UUID | None,
) -> tuple[Free, ...]:
    """Others of its kind that are free at that time, the nearest first; then it at the nearest times. At most three queries."""
    of_its_kind = (Facility.kind == facility.kind, Facility.id != facility.id, sa.not_(Facility.retired))
    others = [
        each
        for each, there in with_zones(db, lent_to(borrower), *of_its_kind)
        if why_not(each, borrower, starts_at=starts_at, ends_at=ends_at, people=people, zone=there, now=now)
        is None
    ]
    others.sort(key=lambda each: (each.region_code != facility.region_code, each.region_code, each.name))
    others = others[:_LOOKED_AT]
    looked_at = [one.id for one in others]
    found = taken(db, looked_at, starts_at=starts_at, ends_at=ends_at, besides=besides) if looked_at else []
    busy = {each.facility_id for each in found}
    offers = [
        Free(facility_id=each.id, name=each.name, starts_at=starts_at, ends_at=ends_at)
        for each in others
        if each.id not in busy
    ][: _OFFERED // 2]
    if facility.retired or (facility.capacity and people > facility.capacity) or ends_at <= starts_at:
        return tuple(offers)
    held = db.execute(
        sa.select(Booking.starts_at, Booking.ends_at).where(
            Booking.facility_id == facility.id,
            Booking.blocking,
            Booking.starts_at < ends_at + _NEAR,
            Booking.ends_at > starts_at - _NEAR,
            Booking.id != besides,
        )
    )
    free = nearest_free(
        facility,
        [(row[0], row[1]) for row in held],
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone,
        now=now,
        most=_OFFERED - len(offers),
    )
    return (
        *offers,
        *(
            Free(facility_id=facility.id, name=facility.name, starts_at=start, ends_at=end)
            for start, end in free
        ),
    )
