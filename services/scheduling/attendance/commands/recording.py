"""Writing down that somebody was there or not: each change stays beside what it changed, and is told."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.attendance.model import CheckIn, Correction, How, Presence, PresenceState
from services.scheduling.attendance.queries import Expected
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.ids import uuid7
from shared.text import Sentence


def write(
    tx: Transaction,
    door: CheckIn,
    session: Session,
    one: Expected,
    *,
    state: PresenceState,
    how: How,
    arrived_at: datetime | None,
    reason: str,
) -> Presence:
    """Record it, as a correction where something was recorded before."""
    presence = recorded(tx, door, one.id)
    if presence is None:
        presence = Presence(
            id=uuid7(),
            version=1,
            check_in_id=door.id,
            session_id=session.id,
            participant_id=one.id,
            person_id=one.person_id,
            school_id=one.school_id,
            name=one.name,
            starts_at=door.starts_at,
            minutes=int((door.ends_at - door.starts_at).total_seconds() // 60),
        )
        tx.db.add(presence)
    else:
        tx.db.add(
            Correction(
                id=uuid7(),
                presence_id=presence.id,
                was=presence.state,
                now=state,
                reason=reason,
                by=tx.actor,
                at=tx.now,
            )
        )
        presence.advance()
    presence.state, presence.how, presence.arrived_at = state, how, arrived_at
    presence.recorded_at, presence.recorded_by = tx.now, tx.actor
    if (event := presence.told(kind=session.kind, title=session.title)) is not None:
        tx.emit(event)
    return presence


def recorded(tx: Transaction, door: CheckIn, participant_id: UUID) -> Presence | None:
    """What is recorded of somebody at a door so far."""
    return tx.db.scalar(
        sa.select(Presence).where(Presence.check_in_id == door.id, Presence.participant_id == participant_id)
    )


def why_not_record(session: Session) -> Sentence | None:
    """Why nobody's attendance is recorded in the state that it is in."""
    return {
        "draft": Sentence(zh="活动还没有发布，不能签到。", en="It is not released; nobody can check in."),
        "cancelled": Sentence(zh="活动已经取消。", en="It was cancelled."),
        "postponed": Sentence(zh="活动已延期，定下新的时间后再签到。", en="It is postponed."),
        "closed": Sentence(
            zh="活动已经办结，考勤不再改动。", en="It is closed; attendance does not change any more."
        ),
    }.get(session.state)
