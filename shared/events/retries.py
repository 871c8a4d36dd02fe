"""Trying parked heads again, each in a transaction of its own."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from shared.db import Database
from shared.errors import Unavailable
from shared.events import inbox, parking
from shared.events.handling import CannotBeRead, Handling, Readable, Unreadable, passing
from shared.events.parking import Backoff, Failure

log = structlog.get_logger(__name__)

#: How many heads one step tries, so that a long queue does not keep the consumer from its partitions.
_MOST = 50

#: How long a consumer that is busy with new events may leave the heads alone.
_BUSY = timedelta(seconds=0.5)


class Retries:
    """The parked events of one consumer. Any replica may try any head; the row's lock makes it one."""

    def __init__(self, database: Database, handling: Handling, backoff: Backoff) -> None:
        """Prepare; nothing is read yet."""
        self._database, self._handling, self._backoff = database, handling, backoff
        self._looked_at: datetime | None = None

    def step(self, *, busy: bool = False, counting: bool = True) -> bool:
        """Try the heads that are due; answers whether any was applied.

        busy: new events are waiting too; then it looks only now and then. With `counting` false failures bring no
        event closer to the dead letters. Raises Unavailable.
        """
        now = self._database.clock()
        if busy and self._looked_at is not None and self._looked_at <= now < self._looked_at + _BUSY:
            return False
        self._looked_at = now
        applied = False
        for _ in range(_MOST):
            with self._database.reading() as db:
                heads = parking.due_heads(db, self._handling.consumer, now=self._database.clock(), most=_MOST)
            if not heads:
                return applied
            for id_ in heads:
                applied |= self._try(id_, counting=counting)
        return applied

    def _try(self, id_: int, *, counting: bool) -> bool:
        try:
            return self._database.within(lambda db: self._apply(db, id_))
        except Unavailable:
            raise
        except CannotBeRead as error:
            self._note(id_, error.read.failure, counting=counting)
        except Exception as error:  # noqa: BLE001  whatever a reaction raises is this event's failure
            self._note(id_, passing(error), counting=counting)
        return False

    def _apply(self, db: Session, id_: int) -> bool:
        handling = self._handling
        row = parking.take(db, id_)
        if row is None:  # another worker was first
            return False
        read = handling.read(row.record)
        if isinstance(read, Unreadable):
            raise CannotBeRead(read)
        if isinstance(read, Readable) and not inbox.known(db, handling.consumer, [read.event_id]):
            handling.apply(db, read, now=self._database.clock())
            if not read.by_version:
                inbox.remember(db, handling.consumer, [read.event_id], at=self._database.clock())
        parking.release(db, id_)
        return True

    def _note(self, id_: int, failure: Failure, *, counting: bool) -> None:
        def note(db: Session) -> None:
            row = parking.take(db, id_)
            if row and parking.failed_again(
                db, row, failure, now=self._database.clock(), backoff=self._backoff, count=counting
            ):
                log.error("dead letter", parked=id_, type=row.type, key=row.key, error=failure.sentence)

        self._database.within(note)
