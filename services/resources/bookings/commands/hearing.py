"""What scheduling says of rooms for its sessions, in whatever order it comes and however often."""

from datetime import timedelta
from uuid import UUID

from services.resources.bookings.commands.asking import (
    TAKEN,
    Wish,
    fresh,
    instead,
    place,
    say_what_waits,
    why_not_now,
)
from services.resources.bookings.model import Booking
from services.resources.bookings.queries.free import is_taken
from services.resources.facilities.model.facility import Facility
from services.resources.facilities.queries import borrower_of, with_zone
from shared.contracts.resources import ResourcesTask
from shared.contracts.scheduling import FacilityConfirmed, FacilityGivenBack, FacilityRequested
from shared.db import Transaction
from shared.text import Sentence

_UNKNOWN = Sentence(zh="没有这个场地。", en="There is no such facility.")


def hear_request(tx: Transaction, event: FacilityRequested) -> None:
    """A session asks. What an earlier attempt had is free; an attempt that is known, or given back already, is not new."""
    known = tx.db.get(Booking, event.request_id)
    if known is not None:
        known = tx.load(Booking, event.request_id)
        if known.attempt >= event.attempt:
            return
    wish = Wish(
        request_id=event.request_id,
        facility_id=event.facility_id,
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        region_code=event.region_code,
        school_id=event.school_id,
        session_id=event.session_id,
        people=event.people,
        attempt=event.attempt,
        answer_by=event.answer_by,
    )
    found = with_zone(tx.db, event.facility_id)
    if found is None:
        booking = fresh(tx, wish, known)
        tx.emit(booking.decline(_UNKNOWN, alternatives=(), at=tx.now, by=tx.actor))
        return
    facility, zone = found
    borrower = borrower_of(tx.db, school_id=event.school_id, region_code=event.region_code)
    refused = why_not_now(facility, borrower, wish, zone=zone, now=tx.now)
    why = refused[0] if refused else None
    if why is None and is_taken(
        tx.db, facility.id, starts_at=wish.starts_at, ends_at=wish.ends_at, besides=wish.request_id
    ):
        why = TAKEN
    if why is not None:
        offers = instead(tx, facility, borrower, wish, zone=zone)
        booking = fresh(tx, wish, known)
        tx.emit(booking.decline(why, alternatives=offers, at=tx.now, by=tx.actor))
        return
    place(tx, facility, borrower, wish, known)


def hear_confirmed(tx: Transaction, event: FacilityConfirmed) -> None:
    """The session takes what is held; of what is not held any more it was told already."""
    if tx.db.get(Booking, event.request_id) is None:
        return
    booking = tx.load(Booking, event.request_id)
    if booking.attempt == event.attempt and booking.state == "held":
        tx.emit(booking.confirm(at=tx.now, by=tx.actor))


def hear_given_back(tx: Transaction, event: FacilityGivenBack) -> None:
    """The session needs it no more. One that comes before its request is remembered, so that the request finds it."""
    known = tx.db.get(Booking, event.request_id)
    if known is not None:
        booking = tx.load(Booking, event.request_id)
        if booking.attempt > event.attempt or (
            booking.attempt == event.attempt and booking.why_not("give_back") is not None
        ):
            return
        booking.attempt = event.attempt
        if booking.why_not("give_back") is None:
            tx.emit(booking.end(cause="given_back", reason=event.reason, at=tx.now, by=tx.actor))
            if facility := tx.db.get(Facility, booking.facility_id):
                say_what_waits(tx, booking, facility)
        return
    moment = tx.now
    never = Wish(
        request_id=event.request_id,
        facility_id=event.facility_id,
        title="",
        starts_at=moment,
        ends_at=moment + timedelta(minutes=1),
        region_code="",
        session_id=event.session_id,
        attempt=event.attempt,
    )
    fresh(tx, never, None).turn("withdrawn", at=tx.now, by=tx.actor, remark=event.reason)


def adopt_task(tx: Transaction, event: ResourcesTask) -> None:
    """After a restore: what was said of a booking is newer, and it counts on from there."""
    _, ours, id_ = event.link.partition("/resources/bookings/")
    booking = tx.db.get(Booking, UUID(id_)) if ours else None
    if booking is not None:
        booking.version = max(booking.version, event.version)
