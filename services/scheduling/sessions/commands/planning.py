"""Drafting sessions, and planning them differently. `scopes` are those of who asks."""

import dataclasses
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from services.scheduling.claims.commands import take
from services.scheduling.facilities.commands import follow_session
from services.scheduling.hosting.model import host_for
from services.scheduling.hosting.queries import known_schools
from services.scheduling.kinds.commands import insist_on_kind
from services.scheduling.plans.model import Plan
from services.scheduling.sessions.commands.following import (
    let_invitations_follow,
    programme_of_session,
    say_what_waits,
    session_of,
    tell_of_it_again,
    unasked_of,
)
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import people_called
from shared.db import Transaction
from shared.errors import Invalid
from shared.text import Sentence


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
    programme = programme_of_session(tx, programme_id, scopes)
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
    say_what_waits(tx, session, programme)
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
    programme = programme_of_session(tx, session.programme_id, scopes)
    _insist_on_known_schools(tx, plan)
    if plan.kind != session.kind:
        plan.insist()
        insist_on_kind(tx, plan.kind)
    before = session.version
    if session.state == "draft":
        session.revise(plan)
    else:
        state = session.state
        if revised := session.revise(plan, awaiting=unasked_of(tx, session, plan.invited_schools)):
            tx.emit(revised)
        let_invitations_follow(tx, session, programme)
        if state == "postponed":
            tell_of_it_again(tx, session)
    take(tx, [session], scopes=scopes, override=override)
    follow_session(tx, session)
    if session.version > before:  # a task is said once for each version
        say_what_waits(tx, session)
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
        say_what_waits(tx, session)
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
