"""What may be done with sessions. `scopes` are those of who asks: what lies outside is not there for them."""

import dataclasses
from collections.abc import Collection
from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec

from services.scheduling.claims.commands import free, take
from services.scheduling.facilities.commands import follow_session
from services.scheduling.hosting.model import host_for, may_host
from services.scheduling.hosting.queries import known_schools
from services.scheduling.invitations.commands.holding import lock_filling, lock_subject
from services.scheduling.invitations.commands.inviting import follow_sessions, tell_again
from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Enrolment, Invitation
from services.scheduling.invitations.queries import subject_of_session, unasked
from services.scheduling.kinds.commands import insist_on_kind
from services.scheduling.plans.model import Plan
from services.scheduling.programmes.model import Programme
from services.scheduling.programmes.queries import drafts_in, no_such_programme, schools_of_roster
from services.scheduling.recalls.commands import invite_no_more, recall_all
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session, people_called
from shared.contracts.scheduling import SchedulingTask
from shared.db import Transaction
from shared.errors import Invalid, Stale
from shared.text import Sentence

#: What is added to a version that must exceed those that a lost draft may have had.
BEYOND = 1_000_000


def draft_session(
    tx: Transaction,
    *,
    id_: UUID,
    plan: Plan,
    host_region: str,
    scopes: Collection[str],
    programme_id: UUID | None = None,
    ordinal: int | None = None,
    as_written: bool = False,
) -> Session:
    """Keep a draft. `host_region` may be empty for who hosts for one region only, and within a programme, which hosts it.

    as_written: a sheet says of which kind it is, also of one that is chosen no more. Raises Invalid, Forbidden, NotFound.
    """
    programme = _programme(tx, programme_id, scopes)
    host_region = programme.host_region if programme else host_for(host_region, scopes)
    _insist_on_known_schools(tx, plan)
    plan.insist()
    insist_on_kind(tx, plan.kind, retired=as_written)
    session = Session.draft(
        id_=id_,
        plan=plan,
        host_region=host_region,
        by=tx.actor,
        at=tx.now,
        programme_id=programme_id,
        ordinal=ordinal,
    )
    tx.db.add(session)
    take(tx, [session], scopes=scopes)
    _say_what_waits(tx, session, programme)
    return session


def revise_session(
    tx: Transaction,
    *,
    session_id: UUID,
    plan: Plan,
    scopes: Collection[str],
    seen: int | None = None,
    override: str | None = None,
) -> Session:
    """Plan a session differently, and tell the schools if they know of it.

    Raises NotFound, Invalid, Refusal, Taken where it is no draft and others have what it would need.
    """
    session = session_of(tx, session_id, scopes, seen)
    programme = _programme(tx, session.programme_id, scopes)
    _insist_on_known_schools(tx, plan)
    if plan.kind != session.kind:
        plan.insist()
        insist_on_kind(tx, plan.kind)
    before = session.version
    if session.state == "draft":
        session.revise(plan)
    else:
        state = session.state
        if revised := session.revise(plan, awaiting=_unasked(tx, session, plan.invited_schools)):
            tx.emit(revised)
        _let_invitations_follow(tx, session, programme)
        if state == "postponed":
            _tell_again(tx, session)
    take(tx, [session], scopes=scopes, override=override)
    follow_session(tx, session)
    if session.version > before:  # a task is said once for each version
        _say_what_waits(tx, session)
    return session


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
    programme = _programme(tx, session.programme_id, scopes)
    also = schools_of_roster(tx.db, session.programme_id)
    awaiting = _unasked(tx, session, (*session.invited_schools, *also))
    tx.emit(session.release(at=tx.now, also=also, awaiting=awaiting))
    take(tx, [session], scopes=scopes, override=override)
    follow_session(tx, session)
    _let_invitations_follow(tx, session, programme)
    _say_what_waits(tx, session, programme)
    return session


def postpone_session(
    tx: Transaction, *, session_id: UUID, reason: str, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Put off a released session and tell the schools why. Raises NotFound, Invalid, Refusal."""
    session = session_of(tx, session_id, scopes, seen)
    tx.emit(session.postpone(reason=reason, at=tx.now))
    free(tx, session.id)
    follow_session(tx, session)
    _tell_again(tx, session)
    return session


def cancel_session(
    tx: Transaction, *, session_id: UUID, reason: str, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Cancel a released session and tell the schools why. Raises NotFound, Invalid, Refusal."""
    session = session_of(tx, session_id, scopes, seen)
    tx.emit(session.cancel(reason=reason, at=tx.now))
    free(tx, session.id)
    follow_session(tx, session)
    _tell_again(tx, session, over=reason)
    return session


def recall_session(
    tx: Transaction, *, session_id: UUID, reason: str, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Make a released session a draft again and tell the schools why; who was named for it is named no more.

    Raises NotFound, Invalid, Stale, Refusal where it cannot be: also where somebody has checked in.
    """
    session = session_of(tx, session_id, scopes, seen)
    programme = _programme(tx, session.programme_id, scopes)
    recall_all(tx, [session], reason=reason, scopes=scopes)
    if programme is None:
        invite_no_more(tx, session.id, reason=reason)
    _say_what_waits(tx, session, programme)
    return session


def swap_sessions(
    tx: Transaction, *, one_id: UUID, other_id: UUID, scopes: Collection[str], override: str | None = None
) -> tuple[Session, Session]:
    """Let two sessions have each other's times and places; who knows of them is told.

    Raises NotFound, Invalid where they are one and the same, Refusal, Taken where a third one is in the way.
    """
    if one_id == other_id:
        raise Invalid(Sentence(zh="请选择另一项活动。", en="Choose another session."), field="other")
    # Locked in the order of their ids: two that swap the same two at once must not wait for each other.
    locked = {id_: session_of(tx, id_, scopes, None) for id_ in sorted((one_id, other_id))}
    one, other = locked[one_id], locked[other_id]
    plans = (
        dataclasses.replace(one.plan, occurrences=other.occurrences),
        dataclasses.replace(other.plan, occurrences=one.occurrences),
    )
    for session, plan in zip((one, other), plans, strict=True):
        revised = session.revise(plan)
        if revised:
            tx.emit(revised)
        _say_what_waits(tx, session)
    take(tx, [one, other], scopes=scopes, override=override)
    for session in (one, other):
        follow_session(tx, session)
    return one, other


def move_session(
    tx: Transaction,
    *,
    session_id: UUID,
    occurrence: int,
    starts_at: datetime | None,
    scopes: Collection[str],
    seen: int | None = None,
) -> Session:
    """Let one occurrence (from 0) begin at `starts_at` (aware), as long as before. Raises as `revise_session`."""
    session = session_of(tx, session_id, scopes, seen)
    times = list(session.occurrences)
    if starts_at is None or starts_at.tzinfo is None or not 0 <= occurrence < len(times):
        raise Invalid(Sentence(zh="请选择一个新的时间。", en="Choose another time."), field="starts_at")
    old = times[occurrence]
    times[occurrence] = dataclasses.replace(
        old, starts_at=starts_at, ends_at=starts_at + (old.ends_at - old.starts_at)
    )
    plan = dataclasses.replace(
        session.plan, occurrences=tuple(sorted(times, key=lambda each: each.starts_at))
    )
    return revise_session(tx, session_id=session_id, plan=plan, scopes=scopes)


def name_leader(
    tx: Transaction,
    *,
    session_id: UUID,
    name: str,
    person_id: UUID | None,
    scopes: Collection[str],
    seen: int | None = None,
) -> Session:
    """Say who in the directory somebody is that was only written. Raises as `revise_session`."""
    session = session_of(tx, session_id, scopes, seen)
    if person_id not in {person.id for person in people_called(tx.db, [name], scopes).get(name, ())}:
        raise Invalid(
            Sentence(zh="名录里没有这个人。", en="The directory has nobody like that."), field="speakers"
        )
    leaders = tuple(
        dataclasses.replace(leader, person_id=person_id)
        if leader.name == name and leader.person_id is None
        else leader
        for leader in session.plan.leaders
    )
    plan = dataclasses.replace(session.plan, leaders=leaders)
    return revise_session(tx, session_id=session_id, plan=plan, scopes=scopes)


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
    _tell_again(tx, session)
    return session


def close_session(
    tx: Transaction, *, session_id: UUID, scopes: Collection[str], seen: int | None = None
) -> Session:
    """Close a session that was held. Raises NotFound, Refusal."""
    session = session_of(tx, session_id, scopes, seen)
    session.close(at=tx.now)
    tx.record(what="scheduling.session.closed", subject_kind="session", subject=session.id)
    return session


def adopt_task(tx: Transaction, event: SchedulingTask) -> None:
    """After a restore: what was said of a draft is newer than the draft, which goes on counting from there.

    A draft that the restored database does not have is lost, and waits for nobody: its task is closed.
    """
    path, _, id_ = event.link.rpartition("/")
    planned: Programme | Session | None = (
        tx.db.get(Programme, UUID(id_)) if path.endswith("programmes") else tx.db.get(Session, UUID(id_))
    )
    if path.endswith(("invitations", "answers")):
        asked = tx.db.get(Invitation if path.endswith("invitations") else Answer, UUID(id_))
        planned = cast("Programme | Session | None", asked)  # all of them count their versions
    if planned is not None:
        planned.version = max(planned.version, event.version)
    elif event.closed_at is None:
        # Beyond all that was said of it, the states still to be read among them.
        tx.emit(msgspec.structs.replace(event, version=event.version + BEYOND, closed_at=tx.now))


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


def _unasked(tx: Transaction, session: Session, schools: Collection[UUID]) -> set[UUID]:
    """Those of the schools who may not be told yet, because their region has not agreed."""
    filled = session.programme_id or session.id
    return unasked(tx.db, enrolment_id=filled, host_region=session.host_region, schools=schools)


def _let_invitations_follow(tx: Transaction, session: Session, programme: Programme | None) -> None:
    """A session by itself is filled by itself, one of a programme with all of that."""
    if programme is None:
        follow_sessions(tx, subject_of_session(session), (session,))
    else:
        follow_sessions(tx, *lock_subject(tx, id_=programme.id, kind="programme"))


def _tell_again(tx: Transaction, session: Session, *, over: str = "") -> None:
    """What waited because of a session by itself waits no more, or again."""
    if session.programme_id is None and tx.db.get(Enrolment, session.id) is not None:
        tell_again(tx, lock_filling(tx, session.id), over=over)


def _programme(tx: Transaction, programme_id: UUID | None, scopes: Collection[str]) -> Programme | None:
    """The programme that a session is part of, locked: what waits of it changes with its sessions."""
    if programme_id is None:
        return None
    programme = tx.load(Programme, programme_id)
    if not may_host(scopes, programme.host_region):
        raise no_such_programme()
    return programme


def _say_what_waits(tx: Transaction, session: Session, programme: Programme | None = None) -> None:
    """A session by itself waits to be released; one of a programme waits with all of that."""
    if session.programme_id is None:
        tx.emit(session.task())
    elif programme is not None:
        programme.settle(drafts=drafts_in(tx.db, programme.id), at=tx.now)
        tx.emit(programme.task())


def _insist_on_known_schools(tx: Transaction, plan: Plan) -> None:
    if not plan.invited_schools:
        return
    known = {school.id for region in known_schools(tx.db, plan.invited_schools) for school in region.schools}
    if len(known) < len(plan.invited_schools):
        raise Invalid(
            Sentence(
                zh="邀请的学校中有名录里没有的。", en="Some of the invited schools are not in the register."
            ),
            field="invited_schools",
        )
