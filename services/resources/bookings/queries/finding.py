"""Reads about bookings."""

import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.bookings.model import Booking
from services.resources.bookings.queries.lines import ZONE
from services.resources.facilities.model.facility import Facility
from services.resources.facilities.model.lending import LONGEST, Asker, Borrower, nearest_free, why_not
from services.resources.facilities.queries import facilities_for, zone_of
from shared.auth.grants import significant
from shared.contracts.resources import Free, ResourcesTask
from shared.errors import NotFound
from shared.text import Sentence

#: How many other facilities are looked at for what can be had instead.
_LOOKED_AT = 50
_OFFERED = 4

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
_TAKEN_ONCE_LOCKED = _TAKEN.where(
    sa.text("(SELECT count(*) FROM (SELECT pg_advisory_xact_lock(:space, :bucket) OFFSET 0) AS locked) >= 0")
)


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
    db: Session, facility_id: UUID, *, starts_at: datetime, ends_at: datetime, besides: UUID | None = None
) -> bool:
    """Whether somebody has it within a time; on PostgreSQL nobody else books it until the commit. One statement.

    It sees what was there before it waited: who committed meanwhile is found by the constraint at the insert, and by this
    statement when the transaction is done again. On SQLite one writes at a time.
    """
    postgres = db.get_bind().dialect.name == "postgresql"
    lock = {"space": _LOCKS, "bucket": zlib.crc32(facility_id.bytes) % _BUCKETS} if postgres else {}
    found = db.connection().execute(
        _TAKEN_ONCE_LOCKED if postgres else _TAKEN,
        {
            **lock,
            "facility": facility_id,
            "start": starts_at,
            "end": ends_at,
            "longest_ago": starts_at - LONGEST,
            "besides": besides or facility_id,
        },
    )
    return found.first() is not None


def bookings_between(
    db: Session, facility_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime
) -> list[Booking]:
    """What is, or was, booked within a time: all that a timeline shows."""
    return list(
        db.scalars(
            sa.select(Booking)
            .where(
                Booking.facility_id.in_(facility_ids),
                sa.or_(Booking.blocking, Booking.state == "returned"),
                Booking.starts_at < ends_at,
                Booking.ends_at > starts_at,
            )
            .order_by(Booking.starts_at)
        )
    )


def alternatives(
    db: Session,
    facility: Facility,
    borrower: Borrower,
    *,
    starts_at: datetime,
    ends_at: datetime,
    people: int,
    now: datetime,
    besides: UUID | None,
) -> tuple[Free, ...]:
    """Others of its kind that are free at that time, the nearest first; then it at the nearest times."""
    scopes = [f"school:{borrower.school_id}"] if borrower.school_id else [f"region:{borrower.region_code}"]
    others = [
        each
        for each in facilities_for(db, scopes)
        if each.kind == facility.kind
        and each.id != facility.id
        and why_not(
            each,
            borrower,
            starts_at=starts_at,
            ends_at=ends_at,
            people=people,
            zone=zone_of(db, each.region_code),
            now=now,
        )
        is None
    ]
    others.sort(key=lambda each: (each.region_code != facility.region_code, each.region_code, each.name))
    others = others[:_LOOKED_AT]
    busy = {
        each.facility_id
        for each in taken(
            db, [one.id for one in others], starts_at=starts_at, ends_at=ends_at, besides=besides
        )
    }
    offers = [
        Free(facility_id=each.id, name=each.name, starts_at=starts_at, ends_at=ends_at)
        for each in others
        if each.id not in busy
    ][: _OFFERED // 2]
    if facility.retired or (facility.capacity and people > facility.capacity) or ends_at <= starts_at:
        return tuple(offers)
    held = db.execute(
        sa.select(Booking.starts_at, Booking.ends_at).where(
            Booking.facility_id == facility.id, Booking.blocking, Booking.ends_at > now, Booking.id != besides
        )
    )
    free = nearest_free(
        facility,
        [(row[0], row[1]) for row in held],
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone_of(db, facility.region_code),
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


def waiting_for(db: Session, asker: Asker) -> list[tuple[Booking, Facility]]:
    """Requests that somebody has to answer, the nearest first."""
    rows = db.execute(
        sa.select(Booking, Facility)
        .join(Facility, Facility.id == Booking.facility_id)
        .where(Booking.state == "requested")
        .order_by(Booking.starts_at)
    )
    return [
        (booking, facility)
        for booking, facility in rows
        if asker.answers_for(school=facility.school_id, region=facility.region_code)
    ]


def bookings_of(
    db: Session, asker: Asker, *, most: int = 200, state: str = ""
) -> list[tuple[Booking, Facility]]:
    """Bookings of what somebody lends or borrows, the newest first."""
    schools = sorted(asker.schools)
    own: list[sa.ColumnElement[bool]] = [Booking.school_id.in_(schools), Facility.school_id.in_(schools)]
    for scope in asker.scopes:
        kind, _, value = scope.partition(":")
        if scope == "all":
            own.append(sa.true())
        elif kind == "region":
            own.append(Facility.region_code.startswith(significant(value), autoescape=True))
            own.append(Booking.region_code.startswith(significant(value), autoescape=True))
    rows = db.execute(
        sa.select(Booking, Facility)
        .join(Facility, Facility.id == Booking.facility_id)
        .where(sa.or_(*own), Booking.state == state if state else sa.true())
        .order_by(Booking.starts_at.desc())
        .limit(most)
    )
    return [(booking, facility) for booking, facility in rows]


def booking_for(db: Session, booking_id: UUID, asker: Asker) -> tuple[Booking, Facility]:
    """One that somebody lends or borrows. Raises NotFound."""
    booking = db.get(Booking, booking_id)
    facility = db.get(Facility, booking.facility_id) if booking else None
    if booking is None or facility is None or not concerns(booking, facility, asker):
        raise no_such_booking()
    return booking, facility


def concerns(booking: Booking, facility: Facility, asker: Asker) -> bool:
    """Whether somebody lends or borrows by it."""
    return asker.answers_for(school=facility.school_id, region=facility.region_code) or asker.answers_for(
        school=booking.school_id, region=booking.region_code
    )


def no_such_booking() -> NotFound:
    """What who may not know of it is told, too."""
    return NotFound(Sentence(zh="没有这次借用。", en="There is no such booking."))


def task_states(db: Session) -> Iterator[ResourcesTask]:
    """What waits for owners to answer."""
    rows = db.execute(
        sa.select(Booking, Facility).join(Facility, Facility.id == Booking.facility_id).order_by(Booking.id)
    )
    for booking, facility in rows:
        if booking.needs:
            yield booking.task(name=facility.name, owner=facility.school_id, region=facility.region_code)


def used_by_hour(db: Session, facility_ids: Sequence[UUID], *, now: datetime) -> dict[UUID, dict[int, int]]:
    """On how many days of four weeks past and one ahead each was booked in each hour of the day."""
    used: dict[UUID, dict[int, int]] = {id_: {} for id_ in facility_ids}
    for each in bookings_between(db, facility_ids, now - timedelta(weeks=4), now + timedelta(weeks=1)):
        if each.state in {"requested", "held"}:
            continue
        start, end = each.starts_at.astimezone(ZONE), each.ends_at.astimezone(ZONE)
        last = end.hour if end.minute else end.hour - 1
        for hour in range(start.hour, (last if start.date() == end.date() else 23) + 1):
            used[each.facility_id][hour] = used[each.facility_id].get(hour, 0) + 1
    return used
