"""What is left to send: a narrow row for each event that no broker has acknowledged yet.

It stands apart from the outbox, so that to mark an event as sent is to delete a few bytes. In one table each
mark would write the event's whole row again, and reading what is left would wade through what is gone.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db.sets import dialect_of, one_of
from shared.events.outbox import outbox, unsent

#: Of an outbox row: it is left to send.
WAITS = sa.exists().where(unsent.c.seq == outbox.c.seq)


def mark_sent(db: Session, seqs: Sequence[int]) -> None:
    """A broker has acknowledged these."""
    if seqs:
        db.execute(_take_off(dialect_of(db)), {"seqs": list(seqs)})


def send_again(db: Session, *chosen: sa.ColumnElement[bool]) -> int:
    """Let the relay send the chosen outbox rows (again), as if they had never been tried; answers how many."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    again = insert(unsent).from_select(
        ["seq", "shard", "size"],
        sa.select(outbox.c.seq, outbox.c.shard, sa.func.length(outbox.c.value)).where(*chosen),
    )
    marked = db.execute(
        again.on_conflict_do_update(
            index_elements=["seq"], set_={"attempts": 0, "retry_at": None, "last_error": None}
        ).inline(),
        execution_options={"preserve_rowcount": True},
    )
    return int(marked.rowcount)  # type: ignore[attr-defined]  # an insert answers a CursorResult


def hold_back(db: Session, seq: int, *, attempts: int, until: datetime, reason: str) -> None:
    """The broker refused this one: it waits, and its key with it."""
    db.execute(
        sa.update(unsent)
        .where(unsent.c.seq == seq)
        .values(attempts=attempts, retry_at=until, last_error=reason)
    )


@cache
def _take_off(dialect: str) -> sa.Delete:
    return sa.delete(unsent).where(one_of(dialect, unsent.c.seq, "seqs"))
