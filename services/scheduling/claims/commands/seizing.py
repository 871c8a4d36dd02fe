"""Looking for what is in the way of some claims, and inserting them where nothing is.

On PostgreSQL that is one statement: locks, look and insert travel together, so that a claim costs one round trip.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.model import Claim, Held, Wanted
from services.scheduling.claims.queries import LOCKS, buckets_of, held_against
from services.scheduling.plans.model import LASTS_AT_MOST
from shared.db import Transaction

#: It looks first and waits for the locks only where nothing is in the way, so that those who come second do not queue.
#: Who commits while it waits is found by the constraint at the insert, and by this look when the transaction is done again.
_SEIZE = sa.text(
    """
    WITH locked AS MATERIALIZED (
        SELECT pg_advisory_xact_lock(:space, bucket) FROM unnest(CAST(:buckets AS integer[])) AS bucket
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
        ELSE (SELECT count(*) FROM locked) >= 0
    END
    """
)


def seize(tx: Transaction, session_id: UUID, wishes: Sequence[Wanted]) -> list[Held]:
    """Claim all of this firmly for a session where nobody else holds any of it from the first to the last of those times.

    Answers what others hold of it then, and nothing is claimed or locked. wishes: in the order in which everybody takes them.
    """
    if not wishes:
        return []
    start, end = min(each.starts_at for each in wishes), max(each.ends_at for each in wishes)
    if tx.db.get_bind().dialect.name == "postgresql":
        done = tx.db.connection().execute(
            _SEIZE,
            {
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
            },
        )
        return [] if done.rowcount else held_against(tx.db, wishes, besides=[session_id])
    if others := held_against(tx.db, wishes, besides=[session_id]):
        return others
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
