"""Asking for a facility: what is wished for, whether it can be had, and what can be had instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from services.resources.bookings.model import Booking
from services.resources.bookings.queries.finding import no_such_booking
from services.resources.bookings.queries.free import alternatives, is_taken
from services.resources.facilities.model.facility import Facility
from services.resources.facilities.model.lending import Asker, Borrower, needs, why_not
from services.resources.facilities.queries import borrower_of, no_such_facility, with_zone
from shared.contracts.resources import Free
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.text import Sentence

#: How long a facility is kept for who asked.
HELD_FOR = timedelta(hours=48)

TAKEN = Sentence(zh="这段时间已被别人借用。", en="Somebody else has it then.")


class Taken(Refusal):
    """Somebody else has it then; what can be had instead."""

    def __init__(self, sentence: Sentence, offers: tuple[Free, ...]) -> None:
        """Carry the sentence and the offers."""
        super().__init__(sentence, field="starts_at")
        self.offers = offers

    def members(self) -> Mapping[str, object]:
        """What a program reads of it beside the sentence."""
        return {"offers": msgspec.to_builtins(self.offers)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for. answer_by: when it lapses unless somebody has agreed."""

    request_id: UUID
    facility_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    region_code: str
    school_id: UUID | None = None
    session_id: UUID | None = None
    people: int = 0
    attempt: int = 1
    answer_by: datetime | None = None


def book(tx: Transaction, *, wish: Wish, asker: Asker) -> Booking:
    """A school books without a session. Raises Invalid, Forbidden, NotFound, Taken."""
    found = with_zone(tx.db, wish.facility_id)
    if found is None:
        raise no_such_facility()
    facility, zone = found
    borrower = borrower_of(tx.db, school_id=wish.school_id, region_code=wish.region_code)
    if not asker.answers_for(school=wish.school_id, region=borrower.region_code):
        raise Forbidden(
            Sentence(zh="请选择你负责的学校。", en="Choose a school that you answer for."), field="school_id"
        )
    if not wish.title:
        raise Invalid(Sentence(zh="请写明用来做什么。", en="Say what it is for."), field="title")
    if refused := why_not_now(facility, borrower, wish, zone=zone, now=tx.now):
        sentence, field = refused
        raise Invalid(sentence, field=field)
    # First without the lock: to look for what can be had instead takes a while, and nobody should wait for that.
    for locked in (False, True):
        if is_taken(tx.db, facility.id, starts_at=wish.starts_at, ends_at=wish.ends_at, locked=locked):
            raise Taken(TAKEN, instead(tx, facility, borrower, wish, zone=zone))
    return place(tx, facility, borrower, wish, None)


def withdraw(tx: Transaction, *, booking_id: UUID, asker: Asker) -> Booking:
    """Who booked without a session needs it no more. Raises NotFound, Refusal."""
    booking = tx.load(Booking, booking_id)
    facility = tx.db.get(Facility, booking.facility_id)
    if facility is None or not asker.answers_for(school=booking.school_id, region=booking.region_code):
        raise no_such_booking()
    if booking.session_id is not None:
        raise Refusal(
            Sentence(
                zh="这是活动借的，请在活动页归还。",
                en="A session has it; give it back on the session's page.",
            )
        )
    booking.insist("give_back")
    tx.emit(booking.end(cause="given_back", at=tx.now, by=tx.actor))
    say_what_waits(tx, booking, facility)
    return booking


def place(
    tx: Transaction, facility: Facility, borrower: Borrower, wish: Wish, known: Booking | None
) -> Booking:
    """Enter what can be had: asked for where somebody has to agree, otherwise held at once."""
    booking = fresh(tx, wish, known)
    booking.needs = needs(facility, borrower)
    if booking.needs:
        until = min(wish.answer_by or wish.starts_at, wish.starts_at)
        booking.turn("requested", at=tx.now, by=tx.actor, until=until)
        tx.emit(booking.task(name=facility.name, owner=facility.school_id, region=facility.region_code))
    else:
        hold(tx, booking)
    return booking


def hold(tx: Transaction, booking: Booking) -> None:
    """Keep it; a school that booked without a session has nothing left to confirm."""
    until = min(tx.now + HELD_FOR, booking.starts_at)
    tx.emit(booking.hold(until=until, at=tx.now, by=tx.actor))
    if booking.session_id is None:
        tx.emit(booking.confirm(at=tx.now, by=tx.actor))


def fresh(tx: Transaction, wish: Wish, known: Booking | None) -> Booking:
    """The booking as it is asked for now, in no state yet; what an earlier attempt had is free."""
    booking = known
    if booking is None:
        booking = Booking(id=wish.request_id, version=0, log=[])
        tx.db.add(booking)
    else:
        booking.note("moved", at=tx.now, by=tx.actor)
    booking.attempt, booking.facility_id, booking.session_id = wish.attempt, wish.facility_id, wish.session_id
    booking.school_id, booking.region_code, booking.title = wish.school_id, wish.region_code, wish.title
    booking.people, booking.starts_at, booking.ends_at = wish.people, wish.starts_at, wish.ends_at
    booking.asked_by, booking.asked_at, booking.reason = tx.actor, tx.now, ""
    booking.needs, booking.agreed, booking.until = [], [], None
    return booking


def why_not_now(
    facility: Facility, borrower: Borrower, wish: Wish, *, zone: ZoneInfo, now: datetime
) -> tuple[Sentence, str] | None:
    """Why it cannot be had, whoever else has it; None where it can."""
    return why_not(
        facility,
        borrower,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        people=wish.people,
        zone=zone,
        now=now,
    )


def instead(
    tx: Transaction, facility: Facility, borrower: Borrower, wish: Wish, *, zone: ZoneInfo
) -> tuple[Free, ...]:
    """What can be had instead."""
    return alternatives(
        tx.db,
        facility,
        borrower,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        people=wish.people,
        now=tx.now,
        zone=zone,
        besides=wish.request_id,
    )


def wish_of(booking: Booking) -> Wish:
    """What a booking asked for."""
    return Wish(
        request_id=booking.id,
        facility_id=booking.facility_id,
        title=booking.title,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        region_code=booking.region_code,
        people=booking.people,
    )


def say_what_waits(tx: Transaction, booking: Booking, facility: Facility) -> None:
    """Say whether it waits for somebody still."""
    if booking.needs:
        tx.emit(booking.task(name=facility.name, owner=facility.school_id, region=facility.region_code))
