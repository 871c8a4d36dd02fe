"""What a relay has left to send, oldest first, without what waits for a refused event of its own key."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.db import Database
from shared.db.sets import dialect_of, one_of
from shared.events.outbox import outbox, unsent


class Row(NamedTuple):
    """An outbox row that waits; attempts: how often the broker has refused it."""

    seq: int
    shard: int
    topic: str
    key: str
    value: bytes
    headers: bytes
    attempts: int


_COLUMNS = tuple(outbox.c[name] for name in Row._fields[:-1])

_ANY = "SELECT EXISTS (SELECT 1 FROM unsent)"


class Backlog:
    """The unsent rows of one service, as one relay reads them."""

    def __init__(self, database: Database, *, batch: int, batch_bytes: int) -> None:
        """Read nothing yet. batch, batch_bytes: rows and bytes of values that are read together."""
        self._database, self._batch, self._batch_bytes = database, batch, batch_bytes
        #: Whether the last look found nothing. Then the next one begins with a cheaper question: it is asked several
        #: times a second for as long as nothing happens.
        self._rests = False

    def read(self, shards: Collection[int], *, topics: Collection[str], lacking: bool) -> Sequence[Row]:
        """The oldest rows of these shards that may be sent now, in the order to send them. Raises Unavailable.

        topics: those that the broker has. lacking: whether it lacks others; their rows wait.
        """
        with self._database.reading() as db:
            if self._rests and not db.connection().exec_driver_sql(_ANY).scalar():
                return []
            dialect = dialect_of(db)
            asked = {"shards": list(shards), "batch": self._batch}
            waiting = db.execute(_waiting(dialect), asked).all()
            self._rests = not waiting
            # A refused event is its key's oldest: where none is among these, nothing behind one is either.
            if waiting and (lacking or any(row.retry_at for row in waiting)):
                waiting = db.execute(_unhindered(dialect, topics, held=self._held(db)), asked).all()
            attempts: dict[int, int] = {}
            size = 0
            for row in waiting:
                size += row.size
                if attempts and size > self._batch_bytes:
                    break
                attempts[row.seq] = row.attempts
            if not attempts:
                return []
            # Read apart from what waits: joined, the planner may sort the whole backlog for every batch.
            rows = db.execute(_whole(dialect), {"seqs": list(attempts)})
            return [Row._make((*row, attempts[row.seq])) for row in rows]

    def _held(self, db: Session) -> Sequence[sa.Row[str, str]]:
        """The keys whose oldest event was refused and is not due again."""
        return db.execute(
            sa.select(outbox.c.topic, outbox.c.key)
            .join_from(unsent, outbox, outbox.c.seq == unsent.c.seq)
            .where(unsent.c.retry_at.is_not(None), unsent.c.retry_at > self._database.clock())
        ).all()


@cache
def _waiting(dialect: str) -> sa.Select[int, int, int, datetime]:
    """What is left to send of `shards`, at most `batch` rows."""
    return (
        sa.select(unsent.c.seq, unsent.c.attempts, unsent.c.size, unsent.c.retry_at)
        .where(one_of(dialect, unsent.c.shard, "shards"))
        .order_by(unsent.c.seq)
        .limit(sa.bindparam("batch"))
    )


def _unhindered(
    dialect: str, topics: Collection[str], *, held: Sequence[sa.Row[str, str]]
) -> sa.Select[int, int, int, datetime]:
    """The same of these topics alone, without the held keys."""
    joined = _waiting(dialect).join(outbox, outbox.c.seq == unsent.c.seq)
    return joined.where(outbox.c.topic.in_(topics), sa.tuple_(outbox.c.topic, outbox.c.key).not_in(held))


@cache
def _whole(dialect: str) -> sa.Select[Any]:
    return sa.select(*_COLUMNS).where(one_of(dialect, outbox.c.seq, "seqs")).order_by(outbox.c.seq)
