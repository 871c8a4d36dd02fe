"""Letting nobody else take some things until the commit."""

from collections.abc import Collection

import sqlalchemy as sa

from services.scheduling.claims.queries import LOCKS, buckets_of
from shared.db import Transaction

_LOCK = sa.text(
    "SELECT pg_advisory_xact_lock(:space, bucket) FROM unnest(CAST(:buckets AS integer[])) AS bucket"
)

#: Shared, so that all who wait go on together, and given back at once: a lock of the session, not of the transaction.
_AWAIT = sa.text(
    "SELECT pg_advisory_lock_shared(:space, bucket), pg_advisory_unlock_shared(:space, bucket)"
    " FROM unnest(CAST(:buckets AS integer[])) AS bucket"
)


def await_others(tx: Transaction, things: Collection[str]) -> None:
    """Wait until whoever is taking any of these is done, and keep nobody out: somebody else may be faster again."""
    tx.db.connection().execute(_AWAIT, {"space": LOCKS, "buckets": buckets_of(things)})


def lock(tx: Transaction, things: Collection[str]) -> None:
    """Let nobody else take any of these until the commit, so that what is read next stays true.

    In sorted order, for two that want the same two things must not wait for each other. SQLite has one writer anyway.
    """
    if not things or tx.db.get_bind().dialect.name != "postgresql":
        return
    tx.db.connection().execute(_LOCK, {"space": LOCKS, "buckets": buckets_of(things)})
