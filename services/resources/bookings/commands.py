"""What may be done with bookings: by people, and by events from scheduling, in whatever order these come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from services.resources.bookings.model import Booking
from services.resources.bookings.queries.finding import alternatives, concerns, no_such_booking, taken
from services.resources.facilities.model.facility import Facility
from services.resources.facilities.model.lending import Asker, Borrower, needs, why_not
from services.resources.facilities.queries import borrower_of, zone_of
from shared.contracts.resources import Free, ResourcesTask
from shared.contracts.scheduling import FacilityConfirmed, FacilityGivenBack, FacilityRequested
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.text import Sentence

#: How long a facility is kept for who asked.
HELD_FOR = timedelta(hours=48)

_TAKEN = Sentence(zh="这段时间已被别人借用。", en="Somebody else has it then.")
_UNKNOWN = Sentence(zh="没有这个场地。", en="There is no such facility.")


class Taken(Refusal):
    """Somebody else has it then; what can be had instead."""

    def __init__(self, sentence: Sentence, offers: tuple[Free, ...]) -> None:
        """Carry the sentence and the offers."""
        super().__init__(sentence, field="starts_at")
        self.offers = offers


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
    facility = tx.load(Facility, wish.facility_id)  # locked: who else asks waits
    borrower = borrower_of(tx.db, school_id=wish.school_id, region_code=wish.region_code)
    if not asker.answers_for(school=wish.school_id, region=borrower.region_code):
        raise Forbidden(
            Sentence(zh="请选择你负责的学校。", en="Choose a school that you answer for."), field="school_id"
        )
    if not wish.title:
        raise Invalid(Sentence(zh="请写明用来做什么。", en="Say what it is for."), field="title")
    if refused := _why_not(tx, facility, borrower, wish):
        sentence, field = refused
        raise Invalid(sentence, field=field)
    if taken(tx.db, [facility.id], starts_at=wish.starts_at, ends_at=wish.ends_at):
        raise Taken(_TAKEN, _instead(tx, facility, borrower, wish))
    return _place(tx, facility, borrower, wish, None)


def agree(tx: Transaction, *, booking_id: UUID, asker: Asker) -> Booking:
    """The owner, or its region, agrees; what nobody else has to agree to is held. Raises NotFound, Refusal."""
    booking, facility = _owned(tx, booking_id, asker)
    booking.insist("agree")
    if asker.looks_after(facility.region_code):
        booking.agreed = list(booking.needs)
    elif booking.outstanding[:1] == ["liaison"]:
        booking.agreed = [*booking.agreed, "liaison"]
    else:
        raise Forbidden(
            Sentence(
                zh="还要由所在区域的管理人员同意。", en="The coordinator of your region has to agree now."
            )
        )
    if booking.outstanding:
        booking.note("agreed", at=tx.now, by=tx.actor)
        booking.advance()
    else:
        _hold(tx, booking)
    _say_what_waits(tx, booking, facility)
    return booking


def decline(tx: Transaction, *, booking_id: UUID, reason: str, asker: Asker) -> Booking:
    """The owner does not agree. Raises NotFound, Refusal, Invalid without a reason."""
    booking, facility = _owned(tx, booking_id, asker)
    booking.insist("decline")
    if not reason:
        raise Invalid(
            Sentence(zh="请写明不同意的原因，对方会看到。", en="Say why: they will read it."), field="reason"
        )
    borrower = borrower_of(tx.db, school_id=booking.school_id, region_code=booking.region_code)
    offers = _instead(tx, facility, borrower, _wish_of(booking))
    said = Sentence(zh=reason, en=reason)
    tx.emit(booking.decline(said, alternatives=offers, at=tx.now, by=tx.actor))
    _say_what_waits(tx, booking, facility)
    return booking


def take_away(tx: Transaction, *, booking_id: UUID, reason: str, no_show: bool, asker: Asker) -> Booking:
    """The owner needs it, or nobody came. Raises NotFound, Refusal, Invalid without a reason."""
    booking, _ = _owned(tx, booking_id, asker)
    booking.insist("no_show" if no_show else "release", at=tx.now)
    if not reason and not no_show:
        raise Invalid(
            Sentence(zh="请写明收回的原因，对方会看到。", en="Say why: they will read it."), field="reason"
        )
    cause = "no_show" if no_show else "owner"
    tx.emit(booking.end(cause=cause, reason=reason, at=tx.now, by=tx.actor))
    return booking


def hand_over(tx: Transaction, *, booking_id: UUID, remark: str, asker: Asker) -> Booking:
    """The key, or the thing itself, was handed over. Raises NotFound, Refusal."""
    booking, _ = _owned(tx, booking_id, asker)
    booking.insist("hand_over")
    booking.turn("handed_over", at=tx.now, by=tx.actor, remark=remark)
    return booking


def take_back(tx: Transaction, *, booking_id: UUID, remark: str, asker: Asker) -> Booking:
    """It came back; `remark` says in which state. Raises NotFound, Refusal."""
    booking, _ = _owned(tx, booking_id, asker)
    booking.insist("take_back")
    booking.turn("returned", at=tx.now, by=tx.actor, remark=remark)
    return booking


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
    _say_what_waits(tx, booking, facility)
    return booking


def lapse_overdue(tx: Transaction) -> None:
    """What nobody answered or confirmed in time is free again."""
    due = tx.db.scalars(
        sa.select(Booking.id)
        .where(Booking.state.in_(("requested", "held")), Booking.until <= tx.now)
        .order_by(Booking.id)
        .limit(200)
    )
    for id_ in due.all():
        booking = tx.load(Booking, id_)
        if booking.why_not("lapse") is None and booking.until is not None and booking.until <= tx.now:
            tx.emit(booking.lapse(at=tx.now, by=tx.actor))
            if facility := tx.db.get(Facility, booking.facility_id):
                _say_what_waits(tx, booking, facility)


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
    facility = tx.db.get(Facility, event.facility_id, with_for_update=True, populate_existing=True)
    if facility is None:
        booking = _fresh(tx, wish, known)
        tx.emit(booking.decline(_UNKNOWN, alternatives=(), at=tx.now, by=tx.actor))
        return
    borrower = borrower_of(tx.db, school_id=event.school_id, region_code=event.region_code)
    refused = _why_not(tx, facility, borrower, wish)
    why = refused[0] if refused else None
    if why is None and taken(
        tx.db, [facility.id], starts_at=wish.starts_at, ends_at=wish.ends_at, besides=wish.request_id
    ):
        why = _TAKEN
    if why is not None:
        offers = _instead(tx, facility, borrower, wish)
        booking = _fresh(tx, wish, known)
        tx.emit(booking.decline(why, alternatives=offers, at=tx.now, by=tx.actor))
        return
    _place(tx, facility, borrower, wish, known)


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
                _say_what_waits(tx, booking, facility)
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
    _fresh(tx, never, None).turn("withdrawn", at=tx.now, by=tx.actor, remark=event.reason)


def adopt_task(tx: Transaction, event: ResourcesTask) -> None:
    """After a restore: what was said of a booking is newer, and it counts on from there."""
    booking = tx.db.get(Booking, UUID(event.link.rpartition("/")[2]))
    if booking is not None:
        booking.version = max(booking.version, event.version)


def _place(
    tx: Transaction, facility: Facility, borrower: Borrower, wish: Wish, known: Booking | None
) -> Booking:
    booking = _fresh(tx, wish, known)
    booking.needs = needs(facility, borrower)
    if booking.needs:
        until = min(wish.answer_by or wish.starts_at, wish.starts_at)
        booking.turn("requested", at=tx.now, by=tx.actor, until=until)
        tx.emit(booking.task(name=facility.name, owner=facility.school_id, region=facility.region_code))
    else:
        _hold(tx, booking)
    return booking


def _hold(tx: Transaction, booking: Booking) -> None:
    """Keep it; a school that booked without a session has nothing left to confirm."""
    until = min(tx.now + HELD_FOR, booking.starts_at)
    tx.emit(booking.hold(until=until, at=tx.now, by=tx.actor))
    if booking.session_id is None:
        tx.emit(booking.confirm(at=tx.now, by=tx.actor))


def _fresh(tx: Transaction, wish: Wish, known: Booking | None) -> Booking:
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


def _owned(tx: Transaction, booking_id: UUID, asker: Asker) -> tuple[Booking, Facility]:
    """What somebody lends, locked."""
    booking = tx.load(Booking, booking_id)
    facility = tx.db.get(Facility, booking.facility_id)
    if facility is None or not concerns(booking, facility, asker):
        raise no_such_booking()
    if not asker.answers_for(school=facility.school_id, region=facility.region_code):
        raise Forbidden(Sentence(zh="只有所属学校能这样做。", en="Only the owner may do that."))
    return booking, facility


def _why_not(
    tx: Transaction, facility: Facility, borrower: Borrower, wish: Wish
) -> tuple[Sentence, str] | None:
    return why_not(
        facility,
        borrower,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        people=wish.people,
        zone=zone_of(tx.db, facility.region_code),
        now=tx.now,
    )


def _instead(tx: Transaction, facility: Facility, borrower: Borrower, wish: Wish) -> tuple[Free, ...]:
    return alternatives(
        tx.db,
        facility,
        borrower,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        people=wish.people,
        now=tx.now,
        besides=wish.request_id,
    )


def _wish_of(booking: Booking) -> Wish:
    return Wish(
        request_id=booking.id,
        facility_id=booking.facility_id,
        title=booking.title,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        region_code=booking.region_code,
        people=booking.people,
    )


def _say_what_waits(tx: Transaction, booking: Booking, facility: Facility) -> None:
    if booking.needs:
        tx.emit(booking.task(name=facility.name, owner=facility.school_id, region=facility.region_code))
