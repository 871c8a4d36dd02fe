"""Borrowing rooms for sessions: asking, taking, giving back, and hearing what resources answers, in whatever order."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.scheduling.facilities.model import FORGONE, LIVE, FacilityRequest, KnownFacility
from services.scheduling.facilities.queries import no_such_request
from services.scheduling.hosting.model import may_host
from services.scheduling.lifecycle.model import TAKING
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session
from shared.contracts.resources import (
    BookingConfirmed,
    BookingDeclined,
    BookingHeld,
    BookingLapsed,
    BookingReleased,
    FacilityChanged,
)
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence

#: How long an answer is waited for, unless the session begins before.
PATIENCE = timedelta(hours=48)

_OVER = frozenset({"cancelled", "postponed"})


def ask_for_facility(
    tx: Transaction,
    *,
    id_: UUID,
    session_id: UUID,
    occurrence: int,
    facility_id: UUID | None,
    scopes: Collection[str],
    school_id: UUID | None = None,
    people: int = 0,
) -> FacilityRequest:
    """Ask for a facility for one of a session's occurrences (from 0). Raises NotFound, Invalid, Refusal."""
    session = _theirs(tx, session_id, scopes)
    facility = tx.db.get(KnownFacility, facility_id) if facility_id else None
    if facility is None or facility.retired:
        raise Invalid(Sentence(zh="请选择一个场地。", en="Choose a facility."), field="facility_id")
    times = session.occurrences
    if not 0 <= occurrence < len(times):
        raise Invalid(Sentence(zh="请选择哪一次活动。", en="Choose which of its times."), field="occurrence")
    if facility.capacity and people > facility.capacity:
        raise Invalid(
            Sentence(
                zh=f"这里只能容纳 {facility.capacity} 人。", en=f"It has room for {facility.capacity} people."
            ),
            field="people",
        )
    once = times[occurrence]
    _insist_on_future(tx, once.starts_at)
    for other in _requests(tx, session.id):
        if other.state in LIVE and (other.facility_id, other.starts_at) == (facility.id, once.starts_at):
            raise Refusal(Sentence(zh="这次活动已经在借这个场地。", en="This session asks for it already."))
    request = FacilityRequest(
        id=id_, version=0, session_id=session.id, school_id=school_id, people=people, attempt=0, log=[]
    )
    tx.db.add(request)
    _ask(tx, request, session, facility, once.starts_at, once.ends_at)
    return request


def choose_instead(
    tx: Transaction,
    *,
    request_id: UUID,
    facility_id: UUID | None,
    scopes: Collection[str],
) -> FacilityRequest:
    """Ask anew, for this or another facility, at the time that the session has now. Raises NotFound, Invalid, Refusal."""
    request, session = _request(tx, request_id, scopes)
    once = min(session.occurrences, key=lambda each: abs(each.starts_at - request.starts_at))
    facility = tx.db.get(KnownFacility, facility_id) if facility_id else None
    if facility is None or facility.retired:
        raise Invalid(Sentence(zh="请选择一个场地。", en="Choose a facility."), field="facility_id")
    _insist_on_future(tx, once.starts_at)
    _ask(tx, request, session, facility, once.starts_at, once.ends_at)
    return request


def confirm_facility(tx: Transaction, *, request_id: UUID, scopes: Collection[str]) -> FacilityRequest:
    """Take what is held. Raises NotFound, Refusal."""
    request, _ = _request(tx, request_id, scopes)
    if request.state != "held":
        raise Refusal(Sentence(zh="场地现在没有为你保留。", en="It is not held for you now."))
    tx.emit(request.confirm(at=tx.now))
    return request


def give_back_facility(tx: Transaction, *, request_id: UUID, scopes: Collection[str]) -> FacilityRequest:
    """The session does not need it any more. Raises NotFound, Refusal."""
    request, _ = _request(tx, request_id, scopes)
    if request.state not in LIVE:
        raise Refusal(Sentence(zh="这次借用已经结束。", en="That is over already."))
    tx.emit(request.give_back("given_back", at=tx.now))
    return request


def follow_session(tx: Transaction, session: Session) -> None:
    """After a session has changed: free what it needs no more, ask anew for other times, take what was held for a draft."""
    kept = {(each.starts_at, each.ends_at) for each in session.occurrences}
    wanting = [each for each in _requests(tx, session.id) if each.state in LIVE]
    used = {(each.starts_at, each.ends_at) for each in wanting} & kept
    free = [once for once in session.occurrences if (once.starts_at, once.ends_at) not in used]
    for request in wanting:
        if session.state in _OVER:
            tx.emit(request.give_back("given_back", at=tx.now, reason=session.reason))
        elif (request.starts_at, request.ends_at) in kept:
            if request.state == "held" and session.state in TAKING:
                tx.emit(request.confirm(at=tx.now))
        else:
            facility = tx.db.get(KnownFacility, request.facility_id)
            once = min(free, key=lambda each: abs(each.starts_at - request.starts_at), default=None)
            if once is None or facility is None or once.starts_at <= tx.now:
                tx.emit(request.give_back("given_back", at=tx.now))
                continue
            free.remove(once)
            _ask(tx, request, session, facility, once.starts_at, once.ends_at)


def give_back_all(tx: Transaction, session: Session, *, reason: str) -> None:
    """Free whatever was asked or promised for a session that was recalled; a new release asks anew."""
    for request in _requests(tx, session.id):
        if request.state in LIVE:
            tx.emit(request.give_back("given_back", at=tx.now, reason=reason))


def give_up_waiting(tx: Transaction) -> None:
    """What nobody answered in time is waited for no more; what comes afterwards is given back."""
    due = tx.db.scalars(
        sa.select(FacilityRequest.id)
        .where(FacilityRequest.state == "asked", FacilityRequest.answer_by <= tx.now)
        .order_by(FacilityRequest.id)
        .limit(200)
    )
    for id_ in due.all():
        request = tx.load(FacilityRequest, id_)
        if request.state == "asked" and request.answer_by <= tx.now:
            tx.emit(request.give_back("timed_out", at=tx.now))


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


def hear_released(tx: Transaction, event: BookingReleased) -> None:
    """Its owner has taken it back, or nobody came."""
    request = _heard(tx, event.request_id)
    if request is None or request.overtaken(attempt=event.attempt, state="released"):
        return
    request.reason_zh = request.reason_en = event.reason
    request.turn("released", at=tx.now)


def hear_lapsed(tx: Transaction, event: BookingLapsed) -> None:
    """Nobody answered or confirmed in time."""
    request = _heard(tx, event.request_id)
    if request is not None and not request.overtaken(attempt=event.attempt, state="lapsed"):
        request.turn("lapsed", at=tx.now)


def _ask(
    tx: Transaction,
    request: FacilityRequest,
    session: Session,
    facility: KnownFacility,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    tx.emit(
        request.ask(
            facility_id=facility.id,
            name=facility.name,
            starts_at=starts_at,
            ends_at=ends_at,
            answer_by=min(tx.now + PATIENCE, starts_at),
            title=session.title,
            region_code=session.host_region,
            at=tx.now,
        )
    )


def _insist_on_future(tx: Transaction, starts_at: datetime) -> None:
    if starts_at <= tx.now:
        raise Refusal(
            Sentence(
                zh="这个时间已经过去，不能再借场地。",
                en="That time has passed; nothing can be borrowed for it.",
            )
        )


def _heard(tx: Transaction, request_id: UUID) -> FacilityRequest | None:
    """The request that was answered, locked; None of a booking that no session asked for."""
    return tx.load(FacilityRequest, request_id) if tx.db.get(FacilityRequest, request_id) else None


def _requests(tx: Transaction, session_id: UUID) -> list[FacilityRequest]:
    ids = tx.db.scalars(
        sa.select(FacilityRequest.id)
        .where(FacilityRequest.session_id == session_id)
        .order_by(FacilityRequest.id)
    )
    return [tx.load(FacilityRequest, id_) for id_ in ids.all()]


def _request(tx: Transaction, request_id: UUID, scopes: Collection[str]) -> tuple[FacilityRequest, Session]:
    found = tx.db.get(FacilityRequest, request_id)
    if found is None:
        raise no_such_request()
    session = _theirs(tx, found.session_id, scopes)
    return tx.load(FacilityRequest, request_id), session


def _theirs(tx: Transaction, session_id: UUID, scopes: Collection[str]) -> Session:
    session = tx.load(Session, session_id)
    if not may_host(scopes, session.host_region):
        raise no_such_session()
    if session.state in _OVER | {"held", "closed"}:
        raise Refusal(Sentence(zh="这次活动不再需要场地。", en="This session needs no room any more."))
    return session
