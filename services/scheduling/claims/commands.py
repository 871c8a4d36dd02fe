"""Taking what a session needs, and giving it back. Called by the commands of sessions and programmes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.model import (
    BLOCKING,
    Claim,
    Conflict,
    Held,
    Offer,
    Status,
    Taken,
    Wanted,
    stated,
)
from services.scheduling.claims.policies import clashes
from services.scheduling.claims.queries import (
    LOCKS,
    buckets_of,
    conflict_of,
    held_against,
    offers_for,
    placed_against,
    wanted_of,
)
from services.scheduling.lifecycle.model import TAKING
from services.scheduling.placed.commands import settle
from services.scheduling.sessions.model import Session
from shared.db import Transaction

_LOCK = sa.text(
    "SELECT pg_advisory_xact_lock(:space, bucket) FROM unnest(CAST(:buckets AS integer[])) AS bucket"
)

#: Conflicts that one answer names.
_NAMED = 20


def take(
    tx: Transaction,
    sessions: Sequence[Session],
    *,
    scopes: Collection[str],
    override: str | None = None,
    status: Status = "confirmed",
) -> None:
    """Let each session hold what it needs from now on, in place of what it held before.

    A draft's wish is noted and keeps nobody out; a session that does not take place holds nothing. All of them are
    taken, or none: raises Taken where others have some of it, unless `override` says why it is to be all the same.
    """
    if override is not None:
        stated(override)
    takes_place = [session for session in sessions if session.state in {*TAKING, "draft"}]
    wanted = {session.id: list[Wanted]() for session in sessions} | wanted_of(tx.db, takes_place)
    if len(sessions) > 1:  # one by itself locks as it looks
        lock(tx, [wish.what for each in wanted.values() for wish in each])
    elsewhere = placed_against(tx.db, sessions, wanted)
    before = _given_back(tx, list(wanted))
    conflicts: list[Conflict] = []
    rows: list[dict[str, object]] = []
    contested: set[int] = set()
    for session in sessions:
        firm = session.state in TAKING
        wishes = wanted[session.id]
        others = held_against(tx.db, wishes, besides=[session.id], locked=True) if firm else []
        others += elsewhere[session.id] if firm else []
        among = [_as_held(row, sessions) for row in rows if row["blocking"]] if firm else []
        beside: dict[Wanted, Held] = {}
        for wish, held in clashes(wishes, [*others, *among]):
            if (session.id, wish.what, wish.starts_at, held.session_id) not in before and override is None:
                conflicts.append(conflict_of(wish, held, scopes))
                contested.add(wish.occurrence)
            beside.setdefault(wish, held)
        firmly: Status = status if firm else "draft"
        rows += [
            _row(
                tx,
                session,
                wish,
                "pending" if wish.pending and firm else firmly,
                beside.get(wish),
                override,
                before,
            )
            for wish in wishes
        ]
    if conflicts:
        offers: tuple[Offer, ...] = ()
        if len(sessions) == 1:  # of several their pages offer more
            [alone] = sessions
            offers = offers_for(tx.db, alone, wanted[alone.id], contested, now=tx.now)
        raise Taken(tuple(conflicts[:_NAMED]), offers)
    for id_ in {row["session_id"] for row in rows if row["overridden_at"] == tx.now}:
        tx.record(what="scheduling.session.overridden", subject_kind="session", subject=id_)
    if rows:
        tx.db.execute(
            sa.insert(Claim), sorted(rows, key=lambda row: (str(row["what"]), str(row["starts_at"])))
        )
    settle(tx, list(wanted))


def free(tx: Transaction, session_id: UUID) -> None:
    """Give back what a session holds; who had to share some of it with this session now has it to themselves."""
    shared = sa.select(Claim).where(Claim.over_session == session_id, Claim.status == "overridden")
    heirs = tx.db.scalars(shared.order_by(Claim.what, Claim.starts_at)).all()
    lock(tx, [claim.what for claim in heirs])
    _given_back(tx, [session_id])
    for claim in heirs:
        wish = Wanted(what=claim.what, label="", starts_at=claim.starts_at, ends_at=claim.ends_at)
        if clashes([wish], held_against(tx.db, [wish], besides=[claim.session_id])):
            continue
        claim.status, claim.blocking = "confirmed", True
        tx.db.flush()  # the next heir is to see it
    settle(tx, [session_id])


def _as_held(row: Mapping[str, object], sessions: Sequence[Session]) -> Held:
    """What an earlier one of the sessions that are taken together will hold."""
    session = next(each for each in sessions if each.id == row["session_id"])
    return Held(
        what=cast("str", row["what"]),
        starts_at=cast("datetime", row["starts_at"]),
        ends_at=cast("datetime", row["ends_at"]),
        blocking=True,
        session_id=session.id,
        title=session.title,
        host_region=session.host_region,
    )


def lock(tx: Transaction, things: Collection[str]) -> None:
    """Let nobody else take any of these until the commit, so that what is read next stays true.

    In sorted order, for two that want the same two things must not wait for each other. SQLite has one writer anyway.
    """
    if not things or tx.db.get_bind().dialect.name != "postgresql":
        return
    tx.db.connection().execute(_LOCK, {"space": LOCKS, "buckets": buckets_of(things)})


_Overrides = Mapping[tuple[UUID, str, object, UUID | None], tuple[str | None, object, str | None]]


def _given_back(tx: Transaction, session_ids: Collection[UUID]) -> _Overrides:
    """Delete what sessions hold, and answer what of it was let stand, beside whom and by whom.

    That need not be said again as long as neither moves.
    """
    gone = tx.db.execute(
        sa.delete(Claim)
        .where(Claim.session_id.in_(list(session_ids)))
        .returning(
            Claim.session_id,
            Claim.what,
            Claim.starts_at,
            Claim.over_session,
            Claim.status,
            Claim.overridden_by,
            Claim.overridden_at,
            Claim.reason,
        )
    )
    return {
        (row.session_id, row.what, row.starts_at, row.over_session): (
            row.overridden_by,
            row.overridden_at,
            row.reason,
        )
        for row in gone
        if row.status == "overridden"
    }


def _row(
    tx: Transaction,
    session: Session,
    wish: Wanted,
    status: Status,
    beside: Held | None,
    override: str | None,
    before: _Overrides,
) -> dict[str, object]:
    who: object = None
    when: object = None
    why: object = None
    if beside is not None:
        status = "overridden"
        known = before.get((session.id, wish.what, wish.starts_at, beside.session_id))
        who, when, why = known or (tx.actor, tx.now, override)
    return {
        "what": wish.what,
        "starts_at": wish.starts_at,
        "ends_at": wish.ends_at,
        "status": status,
        "blocking": status in BLOCKING,
        "session_id": session.id,
        "occurrence": wish.occurrence,
        "overridden_by": who,
        "overridden_at": when,
        "reason": why,
        "over_session": beside and beside.session_id,
    }
