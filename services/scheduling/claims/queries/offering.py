"""When all that a session needs is free."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.claims.model import Held, Offer, Wanted
from services.scheduling.claims.policies import DAYS_AROUND, free_times
from services.scheduling.claims.queries.company import wanted_of
from services.scheduling.claims.queries.holders import held_against
from services.scheduling.plans.model import ZONE
from services.scheduling.sessions.model import Session

#: How far around a session is looked for other times.
AROUND = timedelta(days=DAYS_AROUND + 1)


def offers_for(
    db: orm.Session,
    session: Session,
    wanted: Sequence[Wanted],
    occurrences: Iterable[int],
    *,
    now: datetime,
    known: Collection[Held] | None = None,
) -> tuple[Offer, ...]:
    """For each of these occurrences the nearest times at which all that it needs is free. One query each, and one.

    What other sessions of its programme only wish for is not free either: they are planned as one, and on its days.
    known: what others hold of all that is wanted, from AROUND before to AROUND after it; a session of no programme needs no
    query then.
    """
    found: list[Offer] = []
    within = _days_of(db, session)
    for number in sorted(set(occurrences)):
        needs = [wish for wish in wanted if wish.occurrence == number]
        rest = [(wish.starts_at, wish.ends_at) for wish in wanted if wish.occurrence != number]
        together = session.programme_id
        if together is None and known is not None:
            things = {wish.what for wish in needs}
            held = [each for each in known if each.what in things and not each.placed]
        else:
            held = held_against(db, needs, besides=[session.id], around=AROUND, wishes=together is not None)
        busy = [each for each in held if each.blocking or (together and each.programme_id == together)]
        times = free_times(
            [*((each.starts_at, each.ends_at) for each in busy), *rest],
            wished=(needs[0].starts_at, needs[0].ends_at),
            now=now,
            zone=ZONE,
            within=within,
        )
        found += [Offer(occurrence=number, starts_at=start, ends_at=end) for start, end in times]
    return tuple(found)


def _days_of(db: orm.Session, session: Session) -> tuple[datetime, datetime] | None:
    """From when to when the session's programme goes on, where that is longer than the session itself."""
    if session.programme_id is None:
        return None
    taking_place = Session.state.not_in(("cancelled", "postponed"))
    found = db.execute(
        sa.select(sa.func.min(Session.starts_at), sa.func.max(Session.ends_at)).where(
            Session.programme_id == session.programme_id, taking_place
        )
    ).one()
    start: datetime | None = found[0]
    end: datetime | None = found[1]
    if start is None or end is None or (start >= session.starts_at and end <= session.ends_at):
        return None
    return start, end


def offers_of(
    db: orm.Session, session_id: UUID, occurrences: Collection[int], *, now: datetime
) -> tuple[Offer, ...]:
    """For each of these occurrences of a session the nearest times at which all that it needs is free."""
    if not occurrences or (session := db.get(Session, session_id)) is None:
        return ()
    return offers_for(db, session, wanted_of(db, [session])[session_id], occurrences, now=now)
