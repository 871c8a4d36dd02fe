"""What may be done with sessions. `scopes` are those of who asks: what lies outside is not there for them."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from services.scheduling.sessions.model import Plan, Session
from services.scheduling.sessions.policies import host_for, may_host
from services.scheduling.sessions.queries import known_schools, no_such_session
from shared.contracts.scheduling import SchedulingTask
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence

#: What is added to a version that must exceed those that a lost draft may have had.
BEYOND = 1_000_000


def draft_session(
    tx: Transaction, *, id_: UUID, plan: Plan, host_region: str, scopes: Collection[str]
) -> Session:
    """Keep a draft. `host_region` may be empty for who hosts for one region only. Raises Invalid, Forbidden."""
    host_region = host_for(host_region, scopes)
    _insist_on_known_schools(tx, plan)
    session = Session.draft(id_=id_, plan=plan, host_region=host_region, by=tx.actor, at=tx.now)
    tx.db.add(session)
    tx.emit(session.task())
    return session


def revise_session(
    tx: Transaction, *, session_id: UUID, plan: Plan, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Plan a draft differently. Raises NotFound, Invalid, Refusal."""
    session = _theirs(tx, session_id, scopes, seen)
    _insist_on_known_schools(tx, plan)
    session.revise(plan)
    tx.emit(session.task())
    return session


def release_session(
    tx: Transaction, *, session_id: UUID, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Release a draft and tell the schools. Raises NotFound, Refusal."""
    session = _theirs(tx, session_id, scopes, seen)
    tx.emit(session.release(at=tx.now))
    tx.emit(session.task())
    return session


def cancel_session(
    tx: Transaction, *, session_id: UUID, reason: str, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Cancel a released session and tell the schools why. Raises NotFound, Invalid, Refusal."""
    session = _theirs(tx, session_id, scopes, seen)
    tx.emit(session.cancel(reason=reason, at=tx.now))
    return session


def _theirs(tx: Transaction, session_id: UUID, scopes: Collection[str], seen: int | None) -> Session:
    """The session, locked. `seen`: the version that who asks had before their eyes, if they say so."""
    session = tx.load(Session, session_id)
    if not may_host(scopes, session.host_region):
        raise no_such_session()
    if seen is not None and seen != session.version:
        raise Refusal(
            Sentence(
                zh="你打开页面之后，这次活动已有变动。请核对现在的内容，再操作一次。",
                en="This session has changed since you opened the page. Look at it as it is now, then try again.",
            )
        )
    return session


def _insist_on_known_schools(tx: Transaction, plan: Plan) -> None:
    known = {school.id for region in known_schools(tx.db, plan.invited_schools) for school in region.schools}
    if len(known) < len(plan.invited_schools):
        raise Invalid(
            Sentence(
                zh="邀请的学校中有名录里没有的。", en="Some of the invited schools are not in the register."
            ),
            field="invited_schools",
        )


def adopt_task(tx: Transaction, event: SchedulingTask) -> None:
    """After a restore: what was said of a draft is newer than the draft, which goes on counting from there.

    A draft that the restored database does not have is lost, and waits for nobody: its task is closed.
    """
    session = tx.db.get(Session, UUID(event.link.rpartition("/")[2]))
    if session is not None:
        session.version = max(session.version, event.version)
    elif event.closed_at is None:
        # Beyond all that was said of it, the states still to be read among them.
        tx.emit(msgspec.structs.replace(event, version=event.version + BEYOND, closed_at=tx.now))
