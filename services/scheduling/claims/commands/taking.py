"""Taking what sessions need."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.commands.freeing import Overrides, given_back
from services.scheduling.claims.commands.locking import lock
from services.scheduling.claims.commands.seizing import seize
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
    AROUND,
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

#: Conflicts that one answer names.
_NAMED = 20


def take(
    tx: Transaction,
    sessions: Sequence[Session],
    *,
    scopes: Collection[str],
    override: str | None = None,
    firmly: bool = False,
) -> None:
    """Let each session hold what it needs from now on, in place of what it held before.

    A draft's wish is noted and keeps nobody out; a session that does not take place holds nothing. All of them are
    taken, or none: raises Taken where others have some of it, unless `override` says why it is to be all the same.
    firmly: drafts are about to be released, and take what they wished for.
    """
    if override is not None:
        stated(override)
    if any(not isinstance(each, Session) for each in (*tx.db.new, *tx.db.dirty, *tx.db.deleted)):
        tx.db.flush()  # who takes part is read below; sessions are here as they are to be
    with tx.db.no_autoflush:
        taking = frozenset(TAKING | {"draft"} if firmly else TAKING)
        takes_place = [session for session in sessions if session.state in {*TAKING, "draft"}]
        wanted = {session.id: list[Wanted]() for session in sessions} | wanted_of(tx.db, takes_place)
        elsewhere = placed_against(tx.db, sessions, wanted)
        firm = {session.id: wanted[session.id] for session in sessions if session.state in taking}
        alone = firm.get(sessions[0].id) if len(sessions) == 1 else None
        if alone is None:  # one by itself locks as it looks
            lock(tx, [wish.what for wishes in firm.values() for wish in wishes])
        before = given_back(tx, list(wanted))
        others: dict[UUID, list[Held]] | None
        if alone is None:
            others = {
                id_: held_against(tx.db, wishes, besides=[id_]) + elsewhere[id_]
                for id_, wishes in firm.items()
            }
        else:
            [session] = sessions
            others = _around(
                tx, session.id, alone, elsewhere[session.id], shares=override is not None or bool(before)
            )
        if others is not None:
            _put_down(tx, sessions, wanted, others, before, scopes=scopes, override=override)
    settle(tx, list(wanted))


def _around(
    tx: Transaction, id_: UUID, wishes: Sequence[Wanted], elsewhere: Sequence[Held], *, shares: bool
) -> dict[UUID, list[Held]] | None:
    """What others hold of a session's things, AROUND it; or None where nothing is in its way: then it has what it needs already.

    shares: it may have what others hold all the same.
    """
    if not clashes(wishes, elsewhere):
        held = seize(tx, id_, wishes)
        if not held:
            return None
        if not shares and clashes(wishes, held):
            return {id_: held}  # it will be refused, and needs no locks for that
    lock(tx, [wish.what for wish in wishes])
    return {id_: [*held_against(tx.db, wishes, besides=[id_], around=AROUND), *elsewhere]}


def _put_down(
    tx: Transaction,
    sessions: Sequence[Session],
    wanted: Mapping[UUID, Sequence[Wanted]],
    others: Mapping[UUID, Sequence[Held]],
    before: Overrides,
    *,
    scopes: Collection[str],
    override: str | None,
) -> None:
    """Insert what is wanted beside what others hold, of each session that claims firmly. Raises Taken."""
    conflicts: list[Conflict] = []
    rows: list[dict[str, object]] = []
    contested: set[int] = set()
    for session in sessions:
        firm, wishes = session.id in others, wanted[session.id]
        among = [_as_held(row, sessions) for row in rows if row["blocking"]] if firm else []
        beside: dict[Wanted, Held] = {}
        for wish, held in clashes(wishes, [*others.get(session.id, ()), *among]):
            if (session.id, wish.what, wish.starts_at, held.session_id) not in before and override is None:
                conflicts.append(conflict_of(wish, held, scopes))
                contested.add(wish.occurrence)
            beside.setdefault(wish, held)
        for wish in wishes:
            status: Status = "draft" if not firm else "pending" if wish.pending else "confirmed"
            rows.append(_row(tx, session, wish, status, beside.get(wish), override, before))
    if conflicts:
        offers: tuple[Offer, ...] = ()
        if len(sessions) == 1:  # of several their pages offer more
            [alone] = sessions
            offers = offers_for(tx.db, alone, wanted[alone.id], contested, now=tx.now, known=others[alone.id])
        raise Taken(tuple(conflicts[:_NAMED]), offers)
    for id_ in {row["session_id"] for row in rows if row["overridden_at"] == tx.now}:
        tx.record(what="scheduling.session.overridden", subject_kind="session", subject=id_)
    if rows:
        tx.db.execute(
            sa.insert(Claim), sorted(rows, key=lambda row: (str(row["what"]), str(row["starts_at"])))
        )


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


def _row(
    tx: Transaction,
    session: Session,
    wish: Wanted,
    status: Status,
    beside: Held | None,
    override: str | None,
    before: Overrides,
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
