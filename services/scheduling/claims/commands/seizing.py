"""Looking for what is in the way of some claims, and inserting them where nothing is.

On PostgreSQL that is one statement: locks, look and insert travel together, so that a claim costs one round trip.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.commands.locking import await_others, lock
from services.scheduling.claims.model import Claim, Held, Wanted
from services.scheduling.claims.policies import clashes
from services.scheduling.claims.queries import AROUND, LOCKS, buckets_of, held_against
from services.scheduling.plans.model import LASTS_AT_MOST
from shared.db import Transaction

#: It looks first and takes the locks only where nothing is in the way, so that those who come second do not queue. It does
#: not wait for them, because what it sees is of its beginning: who waits looks again afterwards. One after the other, and
#: none after the first that somebody else has: all take them in one order, so nobody waits for who waits for them.
_SEIZE = sa.text(
    """
    WITH RECURSIVE locked (number, got) AS (
        SELECT 1, pg_try_advisory_xact_lock(:space, (CAST(:buckets AS integer[]))[1])
        UNION ALL
        SELECT number + 1, pg_try_advisory_xact_lock(:space, (CAST(:buckets AS integer[]))[number + 1])
        FROM locked WHERE got AND number < cardinality(CAST(:buckets AS integer[]))
    )
    INSERT INTO claims (what, starts_at, ends_at, status, blocking, session_id, occurrence)
    SELECT wish.what, wish.starts_at, wish.ends_at, wish.status, true, :session_id, wish.occurrence
    FROM unnest(
        CAST(:whats AS varchar[]), CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]),
        CAST(:statuses AS varchar[]), CAST(:occurrences AS integer[])
    ) AS wish (what, starts_at, ends_at, status, occurrence)
    WHERE CASE
        WHEN EXISTS (
            SELECT FROM claims
            WHERE blocking AND what = ANY(CAST(:whats AS varchar[]))
            AND starts_at < :end AND starts_at > :longest_ago AND ends_at > :start AND session_id <> :session_id
        ) THEN false
        ELSE (SELECT bool_and(got) FROM locked)
    END
    """
)


def seize(tx: Transaction, session_id: UUID, wishes: Sequence[Wanted]) -> list[Held]:
    """Claim all of this firmly for a session where nobody else is in the way.

    Otherwise nothing is claimed; answers what others hold of it, AROUND those times, too. wishes: in the order in which everybody takes them.
    """
    if not wishes:
        return []
    start, end = min(each.starts_at for each in wishes), max(each.ends_at for each in wishes)
    if tx.db.get_bind().dialect.name == "postgresql":
        wanted = {
            "space": LOCKS,
            "buckets": buckets_of(each.what for each in wishes),
            "whats": [each.what for each in wishes],
            "starts": [each.starts_at for each in wishes],
            "ends": [each.ends_at for each in wishes],
            "statuses": ["pending" if each.pending else "confirmed" for each in wishes],
            "occurrences": [each.occurrence for each in wishes],
            "session_id": session_id,
            "longest_ago": start - LASTS_AT_MOST,
            "start": start,
            "end": end,
        }
        others: list[Held] = []
        # Of many who want one thing at once all but one are refused, and need not do that one after the other: they wait
        # together for who is at it. Whoever then still sees nothing in the way waits in line.
        for wait in (None, await_others, lock):
            if wait is not None:
                wait(tx, [each.what for each in wishes])
            if tx.db.connection().execute(_SEIZE, wanted).rowcount:
                return []
            others = held_against(tx.db, wishes, besides=[session_id], around=AROUND)
            if clashes(wishes, others):
                break
        return others
    held = held_against(tx.db, wishes, besides=[session_id], around=AROUND)
    if clashes(wishes, held):
        return held
    tx.db.connection().execute(sa.insert(Claim), [_row(session_id, wish) for wish in wishes])
    return []


def _row(session_id: UUID, wish: Wanted) -> dict[str, object]:
    return {
        "what": wish.what,
        "starts_at": wish.starts_at,
        "ends_at": wish.ends_at,
        "status": "pending" if wish.pending else "confirmed",
        "blocking": True,
        "session_id": session_id,
        "occurrence": wish.occurrence,
    }
