"""The task of whoever hosts a session that lost a room, or did not get one."""

from uuid import UUID

import sqlalchemy as sa

from services.scheduling.facilities.model import FacilityRequest
from services.scheduling.facilities.queries import task_of
from services.scheduling.sessions.model import Session
from shared.db import Transaction


def say_what_waits(tx: Transaction, request: FacilityRequest, session: Session | None = None) -> None:
    """Open the task, or close it; nothing is said of a request that never was lost."""
    if not request.was_lost:
        return
    session = session or tx.db.get(Session, request.session_id)
    if session is not None:
        tx.emit(task_of(request, session))


def requests_for(tx: Transaction, session_id: UUID) -> list[FacilityRequest]:
    """All that a session has asked for, locked."""
    ids = tx.db.scalars(
        sa.select(FacilityRequest.id)
        .where(FacilityRequest.session_id == session_id)
        .order_by(FacilityRequest.id)
    )
    return [tx.load(FacilityRequest, id_) for id_ in ids.all()]
