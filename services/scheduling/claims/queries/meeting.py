"""What sessions take from each other, in words for who asks."""

from collections.abc import Collection, Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.claims.model import Claim, Conflict, Held, Wanted
from services.scheduling.claims.policies import clashes
from services.scheduling.claims.queries.company import wanted_of
from services.scheduling.claims.queries.holders import held_against, placed_against
from services.scheduling.hosting.model import may_host
from services.scheduling.placed.queries import struck_of
from services.scheduling.sessions.model import Session


def conflict_of(wish: Wanted, held: Held, scopes: Iterable[str]) -> Conflict:
    """The pair in words for somebody who sees what lies in `scopes`: that another region has it is told, not what for."""
    theirs = held.placed or may_host(scopes, held.host_region)
    return Conflict(
        kind=wish.what.partition(":")[0],
        label=wish.label,
        occurrence=wish.occurrence,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        session_id=held.session_id if theirs and not held.placed else None,
        title=held.title if theirs else None,
        firm=held.blocking,
    )


def conflicts_of(
    db: orm.Session, session_ids: Collection[UUID], scopes: Collection[str]
) -> dict[UUID, list[Conflict]]:
    """What these sessions would take from others, or share with them by somebody's word; by session.

    Of what is released only what was accepted is left to be told, and who was placed elsewhere since. At most eight queries,
    however many sessions.
    """
    sessions = db.scalars(sa.select(Session).where(Session.id.in_(list(session_ids)))).all()
    wished = [session for session in sessions if session.state in {"draft", "postponed"}]
    struck = struck_of(db, session_ids)
    met = [*wished, *(session for session in sessions if session.id in struck and session not in wished)]
    wanted = wanted_of(db, met)
    wishes_ = [wish for each in wished for wish in wanted[each.id]]
    held = held_against(db, wishes_, besides=(), wishes=True)
    placed = placed_against(db, met, wanted)
    found: dict[UUID, list[Conflict]] = {id_: [] for id_ in session_ids}
    drafts = {session.id for session in wished}
    for id_, wishes in wanted.items():
        others = [each for each in held if each.session_id != id_] if id_ in drafts else []
        pairs = clashes(wishes, [*others, *placed[id_]])
        found[id_] += [conflict_of(wish, other, scopes) for wish, other in pairs]
    for id_, conflict in _accepted(db, session_ids, scopes):
        found[id_].append(conflict)
    return found


def _accepted(
    db: orm.Session, session_ids: Collection[UUID], scopes: Collection[str]
) -> Iterable[tuple[UUID, Conflict]]:
    other = orm.aliased(Session)
    rows = db.execute(
        sa.select(Claim, Session, other)
        .join(Session, Session.id == Claim.session_id)
        .join(other, other.id == Claim.over_session)
        .where(Claim.session_id.in_(list(session_ids)), Claim.status == "overridden")
        .order_by(Claim.starts_at, Claim.what)
    )
    for claim, session, over in rows:
        theirs = may_host(scopes, over.host_region)
        yield (
            session.id,
            Conflict(
                kind=claim.what.partition(":")[0],
                label=_label(db, claim, session),
                occurrence=claim.occurrence,
                starts_at=claim.starts_at,
                ends_at=claim.ends_at,
                session_id=over.id if theirs else None,
                title=over.title if theirs else None,
                firm=False,
                accepted_by=claim.overridden_by or "",
                reason=claim.reason or "",
            ),
        )


def _label(db: orm.Session, claim: Claim, session: Session) -> str:
    """What people call a thing that was claimed; overrides are few, so that a query each is none too many."""
    for wish in wanted_of(db, [session])[session.id]:
        if wish.what == claim.what:
            return wish.label
    return claim.what.rpartition(":")[2]
