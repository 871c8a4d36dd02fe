"""What the hosts of a session do about its rooms: ask, choose another, take what is held, give back."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from services.scheduling.facilities.commands.telling import requests_for, say_what_waits
from services.scheduling.facilities.model import FAILED, LIVE, OVER, FacilityRequest, KnownFacility
from services.scheduling.facilities.queries import no_such_request, schools_of
from services.scheduling.hosting.model import may_host
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence

#: How long an answer is waited for, unless the session begins before.
PATIENCE = timedelta(hours=48)


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
    if school_id is not None and school_id not in {one.id for one in schools_of(tx.db, session)}:
        raise Invalid(
            Sentence(zh="请选择参加这次活动的学校。", en="Choose a school that the session invites."),
            field="school_id",
        )
    once = times[occurrence]
    insist_on_future(tx, once.starts_at)
    for other in requests_for(tx, session.id):
        if other.state in LIVE and (other.facility_id, other.starts_at) == (facility.id, once.starts_at):
            raise Refusal(Sentence(zh="这次活动已经在借这个场地。", en="This session asks for it already."))
    request = FacilityRequest(
        id=id_, version=0, session_id=session.id, school_id=school_id, people=people, attempt=0, log=[]
    )
    tx.db.add(request)
    ask(tx, request, session, facility, once.starts_at, once.ends_at)
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
    insist_on_future(tx, once.starts_at)
    ask(tx, request, session, facility, once.starts_at, once.ends_at)
    return request


def confirm_facility(tx: Transaction, *, request_id: UUID, scopes: Collection[str]) -> FacilityRequest:
    """Take what is held. Raises NotFound, Refusal."""
    request, _ = _request(tx, request_id, scopes)
    if request.state != "held":
        raise Refusal(Sentence(zh="场地现在没有为你保留。", en="It is not held for you now."))
    tx.emit(request.confirm(at=tx.now))
    return request


def give_back_facility(tx: Transaction, *, request_id: UUID, scopes: Collection[str]) -> FacilityRequest:
    """The session does not need it any more, or will do without what it did not get. Raises NotFound, Refusal."""
    request, _ = _request(tx, request_id, scopes)
    if request.state not in LIVE | FAILED:
        raise Refusal(Sentence(zh="这次借用已经结束。", en="That is over already."))
    tx.emit(request.give_back("given_back", at=tx.now))
    say_what_waits(tx, request)
    return request


def ask(
    tx: Transaction,
    request: FacilityRequest,
    session: Session,
    facility: KnownFacility,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    """Begin the next attempt: for this facility, at this time; whatever was lost before waits no more."""
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
    say_what_waits(tx, request, session)


def insist_on_future(tx: Transaction, starts_at: datetime) -> None:
    """Raises Refusal for a time that has passed."""
    if starts_at <= tx.now:
        raise Refusal(
            Sentence(
                zh="这个时间已经过去，不能再借场地。",
                en="That time has passed; nothing can be borrowed for it.",
            )
        )


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
    if session.state in OVER | {"held", "closed"}:
        raise Refusal(Sentence(zh="这次活动不再需要场地。", en="This session needs no room any more."))
    return session
