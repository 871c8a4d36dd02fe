"""What becomes of a session's rooms when the session changes, or when nobody answers in time."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.scheduling.facilities.commands.asking import ask
from services.scheduling.facilities.commands.telling import requests_for, say_what_waits
from services.scheduling.facilities.model import FAILED, LIVE, OVER, FacilityRequest, KnownFacility
from services.scheduling.lifecycle.model import TAKING
from services.scheduling.sessions.model import Session
from shared.contracts.scheduling import SchedulingTask
from shared.db import Transaction

#: What is added to a version that must exceed all that was said of a request that is lost.
BEYOND = 1_000_000


def follow_session(tx: Transaction, session: Session) -> None:
    """After a session has changed: free what it needs no more, ask anew for other times, take what was held for a draft.

    What was declined for the time before is asked for again: that is why the session was moved.
    """
    asked = requests_for(tx, session.id)
    if session.state in OVER | {"held"}:
        _end(tx, session, asked)
        return
    kept = {(each.starts_at, each.ends_at) for each in session.occurrences}
    used = {(each.starts_at, each.ends_at) for each in asked if each.state in LIVE} & kept
    free = [once for once in session.occurrences if (once.starts_at, once.ends_at) not in used]
    for request in asked:
        if request.state not in LIVE | {"declined"}:
            continue
        if (request.starts_at, request.ends_at) in kept:
            if request.state == "held" and session.state in TAKING:
                tx.emit(request.confirm(at=tx.now))
            continue
        facility = tx.db.get(KnownFacility, request.facility_id)
        once = min(free, key=lambda each: abs(each.starts_at - request.starts_at), default=None)
        if once is not None and facility is not None and once.starts_at > tx.now:
            free.remove(once)
            ask(tx, request, session, facility, once.starts_at, once.ends_at)
        elif request.state in LIVE:
            tx.emit(request.give_back("given_back", at=tx.now))


def _end(tx: Transaction, session: Session, asked: Sequence[FacilityRequest]) -> None:
    """It does not take place, and frees its rooms; or it does, and whoever looked for a room needs none any more."""
    for request in asked:
        if request.state in LIVE and session.state in OVER:
            tx.emit(request.give_back("given_back", at=tx.now, reason=session.reason))
        elif request.state in FAILED:
            request.advance()
            say_what_waits(tx, request, session)


def give_back_all(tx: Transaction, session: Session, *, reason: str) -> None:
    """Free whatever was asked or promised for a session that was recalled; a new release asks anew."""
    for request in requests_for(tx, session.id):
        if request.state in LIVE:
            tx.emit(request.give_back("given_back", at=tx.now, reason=reason))
            say_what_waits(tx, request, session)


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
            say_what_waits(tx, request)


def adopt_room_task(tx: Transaction, event: SchedulingTask) -> None:
    """After a restore: what was said of a request is newer; it counts on from there. One that is lost waits for nobody."""
    request = tx.db.get(FacilityRequest, UUID(event.link.rpartition("#")[2]))
    if request is not None:
        request.version = max(request.version, event.version)
    elif event.closed_at is None:
        tx.emit(msgspec.structs.replace(event, version=event.version + BEYOND, closed_at=tx.now))
