"""What resources answers and says of rooms, in whatever order it comes and however often."""

from uuid import UUID

import msgspec

from services.scheduling.facilities.commands.telling import say_what_waits
from services.scheduling.facilities.model import FORGONE, FacilityRequest, KnownFacility
from services.scheduling.lifecycle.model import TAKING
from services.scheduling.sessions.model import Session
from shared.contracts.resources import (
    BookingConfirmed,
    BookingDeclined,
    BookingHeld,
    BookingLapsed,
    BookingReleased,
    FacilityChanged,
)
from shared.db import Transaction


def keep_facility(tx: Transaction, event: FacilityChanged) -> None:
    """Keep a facility's newest state."""
    known = tx.db.get(KnownFacility, event.facility_id)
    if known is not None and known.version >= event.version:
        return
    if known is None:
        known = KnownFacility(id=event.facility_id)
        tx.db.add(known)
    known.version, known.name, known.kind = event.version, event.name, event.kind
    known.school_id, known.region_code, known.capacity = event.school_id, event.region_code, event.capacity
    known.audiences, known.retired = list(event.audiences), event.retired


def hear_held(tx: Transaction, event: BookingHeld) -> None:
    """It is kept for us: a session that takes place takes it at once; one that was waited for in vain goes back."""
    request = _heard(tx, event.request_id)
    if request is None:
        return
    if request.attempt == event.attempt and request.state in FORGONE:
        tx.emit(request.give_back(request.state, at=tx.now))
    elif not request.overtaken(attempt=event.attempt, state="held"):
        request.turn("held", at=tx.now)
        request.until = event.until
        session = tx.db.get(Session, request.session_id)
        if session is not None and session.state in TAKING:
            tx.emit(request.confirm(at=tx.now))


def hear_confirmed(tx: Transaction, event: BookingConfirmed) -> None:
    """It is ours; one that we have given back meanwhile is given back again."""
    request = _heard(tx, event.request_id)
    if request is None:
        return
    if request.attempt == event.attempt and request.state in FORGONE:
        tx.emit(request.give_back(request.state, at=tx.now))
    elif not request.overtaken(attempt=event.attempt, state="booked"):
        request.turn("booked", at=tx.now)


def hear_declined(tx: Transaction, event: BookingDeclined) -> None:
    """It is not to be had; what can be had instead is kept for the page."""
    request = _heard(tx, event.request_id)
    if request is None or request.overtaken(attempt=event.attempt, state="declined"):
        return
    request.reason_zh, request.reason_en = event.reason_zh, event.reason_en
    request.offers = [msgspec.to_builtins(each) for each in event.alternatives]
    request.turn("declined", at=tx.now)
    say_what_waits(tx, request)


def hear_released(tx: Transaction, event: BookingReleased) -> None:
    """Its owner has taken it back, or nobody came."""
    request = _heard(tx, event.request_id)
    if request is None or request.overtaken(attempt=event.attempt, state="released"):
        return
    request.reason_zh = request.reason_en = event.reason
    request.turn("released", at=tx.now)
    say_what_waits(tx, request)


def hear_lapsed(tx: Transaction, event: BookingLapsed) -> None:
    """Nobody answered or confirmed in time."""
    request = _heard(tx, event.request_id)
    if request is not None and not request.overtaken(attempt=event.attempt, state="lapsed"):
        request.turn("lapsed", at=tx.now)
        say_what_waits(tx, request)


def _heard(tx: Transaction, request_id: UUID) -> FacilityRequest | None:
    """The request that was answered, locked; None of a booking that no session asked for."""
    return tx.load(FacilityRequest, request_id) if tx.db.get(FacilityRequest, request_id) else None
