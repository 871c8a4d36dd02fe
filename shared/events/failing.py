"""Is it this event that is at fault, or we? The limit at which a consumer stops instead of parking everything.

Failures of many different keys with no success between mean that we are broken: a migration that is missing,
a bad release. Emptying the topic into the dead letters then would hide it and leave days of work.
"""

import structlog

from shared.db import Database
from shared.events import stops
from shared.text import Sentence

log = structlog.get_logger(__name__)


class Failing:
    """Counts the keys that failed since the last success, and stops the consumer at a limit.

    The stop is kept in the database too, where operators see it and end it (`tongxing events resume`).
    """

    def __init__(self, database: Database, consumer: str, *, limit: int) -> None:
        """Nothing has failed yet."""
        self._database, self._consumer, self._limit = database, consumer, limit
        self._keys: set[tuple[str, str]] = set()
        self._recalled = False
        #: Why it stopped, or None while it goes on.
        self.stopped: Sentence | None = None

    def recall(self) -> None:
        """At the start: go on as a consumer that is stopped, if an earlier process stopped it.

        Otherwise each restart would park so many more events, and a stop whose process died would never end.
        """
        if self._recalled:
            return
        with self._database.reading() as db:
            found = (stop.sentence for stop in stops.open_stops(db, self._consumer) if stop.place is None)
            self.stopped = next(found, None)
        self._recalled = True

    def failed(self, topic: str, key: str, reason: str) -> bool:
        """Count a failure; answers whether it is too many, and the consumer has to stop."""
        self._keys.add((topic, key))
        if self.stopped is None and len(self._keys) < self._limit:
            return False
        self.stopped = Sentence(
            zh=f"连续 {len(self._keys)} 个不同对象的消息都处理失败，已停止接收，以免全部进入死信。最近的原因：{reason}",
            en=f"Events of {len(self._keys)} different keys failed with no success between, so the consumer stopped "
            f"before all of them become dead letters. The last reason: {reason}",
        )
        stopped = self.stopped
        self._database.within(
            lambda db: stops.stop(
                db, self._consumer, place=None, sentence=stopped, now=self._database.clock()
            )
        )
        log.error("consumer stopped", consumer=self._consumer, reason=reason)
        return True

    def succeeded(self) -> None:
        """Something worked: begin to count anew, and end a stop."""
        self._keys.clear()
        if self.stopped is None:
            return
        self._database.within(
            lambda db: stops.end_all(
                db,
                self._consumer,
                by=f"service:{self._consumer}",
                reason="it works again",
                now=self._database.clock(),
            )
        )
        self.stopped = None
        log.info("consumer goes on", consumer=self._consumer)

    def ended_by_operator(self) -> bool:
        """Whether an operator has ended the stop meanwhile."""
        with self._database.reading() as db:
            return all(stop.place is not None for stop in stops.open_stops(db, self._consumer))
