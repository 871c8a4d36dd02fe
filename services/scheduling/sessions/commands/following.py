"""What every change of a session begins with, and what follows it: invitations and what waits."""

from collections.abc import Collection
from uuid import UUID

from services.scheduling.hosting.model import may_host
from services.scheduling.invitations.commands.holding import lock_filling, lock_subject
from services.scheduling.invitations.commands.inviting import follow_sessions, tell_again
from services.scheduling.invitations.model.invitation import Enrolment
from services.scheduling.invitations.queries import subject_of_session, unasked
from services.scheduling.programmes.model import Programme
from services.scheduling.programmes.queries import drafts_in, no_such_programme
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session
from shared.db import Transaction
from shared.errors import Stale
from shared.text import Sentence


def session_of(tx: Transaction, session_id: UUID, scopes: Collection[str], seen: int | None) -> Session:
    """The session, locked. `seen`: the version that who asks had before their eyes, if they say so."""
    session = tx.load(Session, session_id)
    if not may_host(scopes, session.host_region):
        raise no_such_session()
    if seen is not None and seen != session.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，这次活动已有变动。请核对现在的内容，再操作一次。",
                en="This session has changed since you opened the page. Look at it as it is now, then try again.",
            ),
            seen=seen,
            now=session.version,
        )
    return session


def unasked_of(tx: Transaction, session: Session, schools: Collection[UUID]) -> set[UUID]:
    """Those of the schools who may not be told yet, because their region has not agreed."""
    filled = session.programme_id or session.id
    return unasked(tx.db, enrolment_id=filled, host_region=session.host_region, schools=schools)


def let_invitations_follow(tx: Transaction, session: Session, programme: Programme | None) -> None:
    """A session by itself is filled by itself, one of a programme with all of that."""
    if programme is None:
        follow_sessions(tx, subject_of_session(session), (session,))
    else:
        follow_sessions(tx, *lock_subject(tx, id_=programme.id, kind="programme"))


def tell_of_it_again(tx: Transaction, session: Session, *, over: str = "") -> None:
    """What waited because of a session by itself waits no more, or again."""
    if session.programme_id is None and tx.db.get(Enrolment, session.id) is not None:
        tell_again(tx, lock_filling(tx, session.id), over=over)


def programme_of_session(
    tx: Transaction, programme_id: UUID | None, scopes: Collection[str]
) -> Programme | None:
    """The programme that a session is part of, locked: what waits of it changes with its sessions."""
    if programme_id is None:
        return None
    programme = tx.load(Programme, programme_id)
    if not may_host(scopes, programme.host_region):
        raise no_such_programme()
    return programme


def say_what_waits(tx: Transaction, session: Session, programme: Programme | None = None) -> None:
    """A session by itself waits to be released; one of a programme waits with all of that."""
    if session.programme_id is None:
        tx.emit(session.task())
    elif programme is not None:
        programme.settle(drafts=drafts_in(tx.db, programme.id), at=tx.now)
        tx.emit(programme.task())
