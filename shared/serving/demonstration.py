"""Demonstration data comes into a new database once, and never into one that somebody works with."""

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Integer, Table

from shared.db import Transaction
from shared.db.base import SPINE, UtcDateTime
from shared.runtime import Runtime

# The migration leaves a row in a database that is new; the row says what became of that.
_demonstration = Table(
    "demonstration",
    SPINE,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("settled_at", UtcDateTime),
    Column("loaded", Boolean, nullable=False),
)


def demonstrate(runtime: Runtime) -> bool:
    """Load the service's demonstration data if its database is new and settings want it; answers whether.

    Where they do not, that is settled too: a later start with other settings brings nothing either.
    """
    load = runtime.service.demonstrate if runtime.settings.demo else None

    def once(tx: Transaction) -> bool:
        settled = tx.db.execute(
            sa.update(_demonstration)
            .where(_demonstration.c.settled_at.is_(None))
            .values(settled_at=tx.now, loaded=load is not None)
        )
        new = bool(settled.rowcount)  # type: ignore[attr-defined]  # an update answers a CursorResult
        if new and load is not None:
            load(tx)
        return new and load is not None

    return runtime.database.run(once, actor=runtime.service.actor)
