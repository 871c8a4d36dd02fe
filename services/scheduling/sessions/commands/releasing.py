"""Letting schools know of a session, and all that becomes of it then. `scopes` are those of who asks."""

from collections.abc import Collection
from uuid import UUID

from services.scheduling.claims.commands import free, take
from services.scheduling.facilities.commands import follow_session
from services.scheduling.programmes.queries import schools_of_roster
from services.scheduling.recalls.commands import invite_no_more, recall_all
from services.scheduling.sessions.commands.following import (
    let_invitations_follow,
    programme_of_session,
    say_what_waits,
    session_of,
    tell_of_it_again,
    unasked_of,
)
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.errors import Refusal


def release_session(
    tx: Transaction,
    *,
    session_id: UUID,
    scopes: Collection[str],
    seen: int | None = None,
    override: str | None = None,
) -> Session:
    """Release a draft and tell the schools. override: why it is to be, whoever else has what it needs.

    Raises NotFound, Refusal, Taken.
    """
    session = session_of(tx, session_id, scopes, seen)
    programme = programme_of_session(tx, session.programme_id, scopes)
    also = schools_of_roster(tx.db, session.programme_id)
    if reason := session.why_not("release", also=also):
        raise Refusal(reason)
    # Before anything is written or asked that whoever comes second has no use for: many may want the same hour.
    take(tx, [session], scopes=scopes, override=override, firmly=True)
    awaiting = unasked_of(tx, session, (*session.invited_schools, *also))
    tx.emit(session.release(at=tx.now, also=also, awaiting=awaiting))
    follow_session(tx, session)
    let_invitations_follow(tx, session, programme)
    say_what_waits(tx, session, programme)
    return session


def postpone_session(
    tx: Transaction, *, session_id: UUID, reason: str, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Put off a released session and tell the schools why. Raises NotFound, Invalid, Refusal."""
    session = session_of(tx, session_id, scopes, seen)
    tx.emit(session.postpone(reason=reason, at=tx.now))
    free(tx, session.id)
    follow_session(tx, session)
    tell_of_it_again(tx, session)
    return session


def cancel_session(
    tx: Transaction, *, session_id: UUID, reason: str, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Cancel a released session and tell the schools why. Raises NotFound, Invalid, Refusal."""
    session = session_of(tx, session_id, scopes, seen)
    tx.emit(session.cancel(reason=reason, at=tx.now))
    free(tx, session.id)
    follow_session(tx, session)
    tell_of_it_again(tx, session, over=reason)
    return session


def recall_session(
    tx: Transaction, *, session_id: UUID, reason: str, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Make a released session a draft again and tell the schools why; who was named for it is named no more.

    Raises NotFound, Invalid, Stale, Refusal where it cannot be: also where somebody has checked in.
    """
    session = session_of(tx, session_id, scopes, seen)
    programme = programme_of_session(tx, session.programme_id, scopes)
    recall_all(tx, [session], reason=reason, scopes=scopes)
    if programme is None:
        invite_no_more(tx, session.id, reason=reason)
    say_what_waits(tx, session, programme)
    return session


def hold_session(
    tx: Transaction,
    *,
    session_id: UUID,
    scopes: Collection[str],
    recording: str = "",
    seen: int | None = None,
) -> Session:
    """Say that a session takes place or has taken place, and where it can be watched. Raises NotFound, Refusal, Invalid."""
    session = session_of(tx, session_id, scopes, seen)
    tx.emit(session.hold(at=tx.now, recording=recording))
    follow_session(tx, session)
    tell_of_it_again(tx, session)
    return session


def close_session(
    tx: Transaction, *, session_id: UUID, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Close a session that was held. Raises NotFound, Refusal."""
    session = session_of(tx, session_id, scopes, seen)
    session.close(at=tx.now)
    tx.record(what="scheduling.session.closed", subject_kind="session", subject=session.id)
    return session
