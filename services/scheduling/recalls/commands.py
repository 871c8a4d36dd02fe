"""Taking back what was released by mistake. Everybody who was told hears of it, and it is a draft again."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.attendance.model import Presence
from services.scheduling.claims.commands import free, take
from services.scheduling.invitations.commands.holding import lock_filling
from services.scheduling.invitations.commands.inviting import drop_schools
from services.scheduling.invitations.model.invitation import Enrolment, Invitation
from services.scheduling.lifecycle.model import MAY
from services.scheduling.places.commands.filling import give_up
from services.scheduling.places.model import Place
from services.scheduling.programmes.commands import programme_of
from services.scheduling.programmes.model import Programme
from services.scheduling.sessions.commands import session_of
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.errors import Refusal
from shared.text import Sentence


def recall_session(
    tx: Transaction, *, session_id: UUID, reason: str, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Make a released session a draft again and tell the schools why; who was named for it is named no more.

    Raises NotFound, Invalid without a reason, Refusal where it cannot be: also where somebody has checked in, Stale.
    """
    session = session_of(tx, session_id, scopes, seen)
    programme: Programme | None = None
    if session.programme_id is not None:
        programme = programme_of(tx, session.programme_id, scopes, None)
    _recall(tx, [session], reason=reason, scopes=scopes)
    if programme is None:
        _invite_no_more(tx, session.id, reason=reason)
        tx.emit(session.task())
    else:
        _await_release(tx, programme)
    return session


def recall_programme(
    tx: Transaction, *, programme_id: UUID, reason: str, scopes: Collection[str], seen: int | None = None
) -> list[Session]:
    """Make all released sessions of a programme drafts again, or none; answers them. Raises as `recall_session`.

    What was held cannot be unsaid: then the programme goes on, and its sessions are cancelled or recalled one by one.
    """
    programme = programme_of(tx, programme_id, scopes, seen)
    of_it = sa.select(Session).where(Session.programme_id == programme.id)
    sessions = tx.db.scalars(of_it.order_by(Session.starts_at, Session.id).with_for_update()).all()
    if over := next((each for each in sessions if each.state in {"held", "closed"}), None):
        raise Refusal(
            Sentence(
                zh=f"《{over.title}》已经举行，项目不能整体撤回；其余的活动可以逐场撤回或取消。",
                en=f"“{over.title}” has taken place, so the programme cannot be recalled as a whole. Recall or cancel the other sessions one by one.",
            )
        )
    told = [each for each in sessions if each.state in MAY["recall"]]
    if not told:
        raise Refusal(
            Sentence(
                zh="这个项目没有已发布的活动，无需撤回。",
                en="Nothing of this programme is released; there is nothing to recall.",
            )
        )
    _recall(tx, told, reason=reason, scopes=scopes)
    _invite_no_more(tx, programme.id, reason=reason)
    _await_release(tx, programme)
    return told


def _recall(tx: Transaction, sessions: Sequence[Session], *, reason: str, scopes: Collection[str]) -> None:
    """All of them, and give back what they took: drafts only wish for it."""
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
        tx.emit(session.recall(reason=reason))
    for session in sessions:
        free(tx, session.id)
    take(tx, sessions, scopes=scopes)


def _invite_no_more(tx: Transaction, enrolment_id: UUID, *, reason: str) -> None:
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


def _await_release(tx: Transaction, programme: Programme) -> None:
    """It waits to be released again, with the drafts that it has now."""
    tx.db.flush()  # the states of its sessions are counted
    drafts = sa.select(sa.func.count()).where(Session.programme_id == programme.id, Session.state == "draft")
    programme.settle(drafts=tx.db.scalar(drafts) or 0, at=tx.now)
    tx.emit(programme.task())
