"""Forgetting what can no longer come back: sent outbox rows, the inbox, discarded letters.

Three things bring an event back: a topic that is read again from its start, `republish`, and a replay. The
inbox must know it then, so it is kept longer than all three.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.db import Transaction
from shared.events import inbox
from shared.events.contract import Topic
from shared.events.outbox import outbox
from shared.events.parking import parked
from shared.events.unsent import WAITS
from shared.service import Timer

#: Rows that one run deletes at most; with a run a minute, 330 a second keep up with any office.
_AT_ONCE = 20_000

_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """How long things are kept.

    sent: outbox rows after the broker had them: what `republish` can say again. discarded: letters that an
    operator gave up: how long that can be taken back. inbox: what was applied.
    """

    sent: timedelta
    discarded: timedelta
    inbox: timedelta

    def shortfall(self, topics: Iterable[Topic]) -> list[Topic]:
        """The topics, of those read, whose records outlive the inbox: read again, they would take effect twice."""
        return [
            topic
            for topic in topics
            if not topic.compacted and topic.retention is not None and topic.retention > self.inbox
        ]


def timers(windows: Windows, *, read: Iterable[Topic]) -> tuple[Timer, ...]:
    """What a service has to run. read: the topics that its consumer reads.

    The inbox of who reads a topic that is kept for ever is kept for ever too.
    """
    purges = [
        Timer("purge-sent", _EVERY, partial(purge_sent, keep=windows.sent)),
        Timer("purge-discarded", _EVERY, partial(purge_discarded, keep=windows.discarded)),
    ]
    if not any(topic.retention is None and not topic.compacted for topic in read):
        purges.append(Timer("purge-inbox", _EVERY, partial(purge_inbox, keep=windows.inbox)))
    return tuple(purges)


def purge_sent(tx: Transaction, *, keep: timedelta) -> int:
    """Delete outbox rows that were sent and are older than that; answers how many."""
    old = (
        sa.select(outbox.c.seq)
        .where(outbox.c.created_at < tx.now - keep, ~WAITS)
        .order_by(outbox.c.created_at)
    )
    return _delete(tx.db, outbox, outbox.c.seq, old)


def purge_discarded(tx: Transaction, *, keep: timedelta) -> int:
    """Delete letters that were discarded longer ago; the decision about them stays. Answers how many."""
    old = sa.select(parked.c.id).where(parked.c.state == "discarded", parked.c.decided_at < tx.now - keep)
    return _delete(tx.db, parked, parked.c.id, old)


def purge_inbox(tx: Transaction, *, keep: timedelta) -> int:
    """Forget what was applied longer ago; answers how many."""
    return inbox.purge(tx.db, before=tx.now - keep, most=_AT_ONCE)


def _delete(db: Session, table: sa.Table, column: sa.Column[int], chosen: sa.Select[tuple[int]]) -> int:
    gone = db.execute(sa.delete(table).where(column.in_(chosen.limit(_AT_ONCE))))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a delete answers a CursorResult
