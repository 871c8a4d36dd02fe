"""Reads about bookings."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.bookings.model import Booking
from services.resources.bookings.queries.lines import ZONE
from services.resources.facilities.model.facility import Facility
from services.resources.facilities.model.lending import Asker
from shared.auth.grants import significant
from shared.contracts.resources import ResourcesTask
from shared.errors import NotFound
from shared.text import Sentence


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
