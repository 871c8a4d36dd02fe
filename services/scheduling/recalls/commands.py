"""Taking back what was released by mistake. Called by the commands of sessions and programmes."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.attendance.model import Presence
from services.scheduling.claims.commands import free, take
from services.scheduling.facilities.commands import give_back_all
from services.scheduling.invitations.commands.holding import lock_filling
from services.scheduling.invitations.commands.inviting import drop_schools
from services.scheduling.invitations.model.invitation import Enrolment, Invitation
from services.scheduling.places.commands.filling import give_up
from services.scheduling.places.model import Place
from services.scheduling.recalls.model import Retraction
from services.scheduling.sessions.model import Session
from shared.contracts.scheduling import SessionRecalled
from shared.db import Transaction
from shared.errors import Refusal
from shared.text import Sentence


def recall_all(tx: Transaction, sessions: Sequence[Session], *, reason: str, scopes: Collection[str]) -> None:
    """Make all of them drafts again, or none: who was told is told why, and what they took is only wished for.

    Raises Invalid without a reason, Refusal where one cannot be, such as where somebody has checked in.
    """
    there = sa.select(Presence.session_id).where(
        Presence.session_id.in_([each.id for each in sessions]), Presence.state.in_(("present", "late"))
    )
    attended = tx.db.scalar(there.limit(1))
    for session in sessions:
        if session.id == attended:
            raise Refusal(
                Sentence(
                    zh=f"《{session.title}》已有人签到，不能撤回；不再举行的请取消。",
                    en=f"Somebody has checked in to “{session.title}”, so it cannot be recalled. Cancel it if it does not go on.",
                )
            )
        event = session.recall(reason=reason)
        tx.emit(event)
        _keep_what_was_told(tx, session, event)
    for session in sessions:
        free(tx, session.id)
        give_back_all(tx, session, reason=reason)
    take(tx, sessions, scopes=scopes)


def _keep_what_was_told(tx: Transaction, session: Session, event: SessionRecalled) -> None:
    """Calendars read it for as long as the session is a draft; what was told before an earlier recall is over."""
    filled = session.programme_id or session.id
    placed = sa.select(Place.person_id).where(Place.enrolment_id == filled, Place.state == "in")
    told = Retraction.of(
        session,
        schools=event.invited_schools,
        people=tx.db.scalars(placed.order_by(Place.person_id)).all(),
        reason=event.reason,
        at=tx.now,
    )
    tx.db.merge(told)


def invite_no_more(tx: Transaction, enrolment_id: UUID, *, reason: str) -> None:
    """Withdraw every invitation to it; regions that were asked need not answer. A new release invites anew."""
    if tx.db.get(Enrolment, enrolment_id) is None:
        return
    filling = lock_filling(tx, enrolment_id)
    # All places at once: else those of the first school would go to who waits at the next.
    give_up(tx, filling, tx.db.scalars(sa.select(Place).where(Place.enrolment_id == enrolment_id)).all())
    running = sa.select(Invitation).where(
        Invitation.enrolment_id == enrolment_id, Invitation.state.in_(("asked", "open"))
    )
    schools = {id_ for invitation in tx.db.scalars(running) for id_ in invitation.schools}
    drop_schools(tx, filling, schools, reason=reason)
