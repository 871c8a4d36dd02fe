"""What the owner does with bookings: agreeing or not, handing over, taking back, taking away."""

from uuid import UUID

import sqlalchemy as sa

from services.resources.bookings.commands.asking import hold, instead, say_what_waits, wish_of
from services.resources.bookings.model import Booking
from services.resources.bookings.queries.finding import concerns, no_such_booking
from services.resources.facilities.model.facility import Facility
from services.resources.facilities.model.lending import Asker
from services.resources.facilities.queries import borrower_of, zone_of
from shared.auth.states import person_of
from shared.db import Transaction
from shared.errors import Forbidden, Invalid
from shared.roster import roster_people
from shared.text import Sentence


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
        hold(tx, booking)
    say_what_waits(tx, booking, facility)
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
    zone = zone_of(tx.db, facility.region_code)
    offers = instead(tx, facility, borrower, wish_of(booking), zone=zone)
    said = Sentence(zh=reason, en=reason)
    tx.emit(booking.decline(said, alternatives=offers, at=tx.now, by=tx.actor))
    say_what_waits(tx, booking, facility)
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


def hand_over(tx: Transaction, *, booking_id: UUID, remark: str, asker: Asker, person: str = "") -> Booking:
    """The key, or the thing itself, was handed over. person: who took it. Raises NotFound, Refusal."""
    booking, _ = _owned(tx, booking_id, asker)
    booking.insist("hand_over")
    hands = (_name(tx), person)
    booking.turn("handed_over", at=tx.now, by=tx.actor, remark=remark, hands=hands)
    return booking


def take_back(tx: Transaction, *, booking_id: UUID, remark: str, asker: Asker, person: str = "") -> Booking:
    """It came back; `remark` says in which state. person: who brought it. Raises NotFound, Refusal."""
    booking, _ = _owned(tx, booking_id, asker)
    booking.insist("take_back")
    hands = (person, _name(tx))
    booking.turn("returned", at=tx.now, by=tx.actor, remark=remark, hands=hands)
    return booking


def _name(tx: Transaction) -> str:
    """Who acts, by the register; empty where it does not have them."""
    kind, _, account = tx.actor.partition(":")
    person_id = person_of(tx.db, UUID(account)) if kind == "account" else None
    people = roster_people.c
    found = tx.db.scalar(sa.select(people.name).where(people.person_id == person_id)) if person_id else None
    return found or ""


def _owned(tx: Transaction, booking_id: UUID, asker: Asker) -> tuple[Booking, Facility]:
    """What somebody lends, locked."""
    booking = tx.load(Booking, booking_id)
    facility = tx.db.get(Facility, booking.facility_id)
    if facility is None or not concerns(booking, facility, asker):
        raise no_such_booking()
    if not asker.answers_for(school=facility.school_id, region=facility.region_code):
        raise Forbidden(Sentence(zh="只有所属学校能这样做。", en="Only the owner may do that."))
    return booking, facility
