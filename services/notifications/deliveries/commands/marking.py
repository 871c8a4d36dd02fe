"""Marking what may not go out twice, just before it goes out: whatever was cut off without a mark was not sent."""

import queue
import threading
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from services.notifications.deliveries.commands.claiming import Claimed
from services.notifications.deliveries.model import Attempt
from shared.db import Database, Transaction

#: How many share a transaction at most.
_AT_ONCE = 320


class Marks:
    """Threads ask by `marked`, and wait; the sender's one thread writes for all of them by `write`."""

    def __init__(self, database: Database, *, actor: str, patience: timedelta) -> None:
        """Nothing is asked for yet. patience: how long a thread waits."""
        self._database = database
        self._actor = actor
        self._patience = patience
        self._asked: queue.SimpleQueue[tuple[Claimed, threading.Event]] = queue.SimpleQueue()

    def marked(self, claimed: Claimed) -> bool:
        """Whether it may go out now; what may go out twice asks nobody."""
        if not claimed.doubtful:
            return True
        written = threading.Event()
        self._asked.put((claimed, written))
        return written.wait(self._patience.total_seconds())

    def write(self) -> None:
        """Write down what the threads are about to send, and let them. Raises Unavailable; then they wait on."""
        several: list[tuple[Claimed, threading.Event]] = []
        with suppress(queue.Empty):
            while len(several) < _AT_ONCE:
                several.append(self._asked.get_nowait())
        if not several:
            return
        claimed = [each for each, _ in several]
        try:
            self._database.run(lambda tx: mark_sending(tx, claimed), actor=self._actor)
        except Exception:
            for each in several:
                self._asked.put(each)
            raise
        for _, written in several:
            written.set()


def mark_sending(tx: Transaction, claimed: Sequence[Claimed]) -> None:
    """Write down that these are being sent now."""
    for claim, ids in _by_claim(claimed).items():
        tx.db.connection().execute(
            sa.update(Attempt)
            .where(Attempt.claim == claim, Attempt.delivery_id.in_(ids))
            .values(sending=True)
        )


def _by_claim(claimed: Sequence[Claimed]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for each in claimed:
        found[each.claim].append(each.parcel.id)
    return found
