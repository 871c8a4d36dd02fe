"""The consumer: from the broker into a service's own database, each effect once and each key in order.

poll → one transaction (lock the positions, skip what lies below them, inbox, effects, own events, move the
positions) → commit → tell the broker, for lag tools. A batch shares a transaction while all succeed; where
one fails the batch is rolled back and done again record by record, so that the failure can be named.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from shared.db import Database
from shared.errors import Unavailable
from shared.events import batch, parking, positions
from shared.events.broker import Broker, BrokerUnavailable
from shared.events.failing import Failing
from shared.events.handling import CannotBeRead, Handling, passing
from shared.events.membership import Membership
from shared.events.parking import Backoff, Failure
from shared.events.positions import Position
from shared.events.record import Stretch
from shared.events.retries import Retries
from shared.observe import metrics
from shared.text import Sentence

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once, and when enough is enough.

    batch: records of one transaction. failing_keys: so many different keys failing with no success between
    mean that we are broken. pause: how long it waits while the database is away. probe: how long a stopped
    consumer waits before it tries one record again.
    """

    batch: int = 500
    failing_keys: int = 10
    pause: timedelta = timedelta(seconds=1)
    probe: timedelta = timedelta(seconds=15)


class Consumer:
    """One service's consumer, as one member of its group. One thread owns it; `step` does all the work."""

    def __init__(
        self,
        *,
        database: Database,
        broker: Broker,
        handling: Handling,
        backoff: Backoff = Backoff(),  # noqa: B008  frozen
        limits: Limits = Limits(),
        reached: Callable[[str], None] = lambda _point: None,
    ) -> None:
        """Prepare; the group is joined by the first `step`.

        reached: called at the points where a crash is hardest; the proof crashes there.
        """
        self.name = handling.consumer
        self.topics = sorted({handling.registry.of(event).topic.name for event in handling.reactions})
        #: What keeps it from working, for `/readyz` and the operator's page; None while all is well.
        self.trouble: Sentence | None = None
        self._database, self._handling = database, handling
        self._backoff, self._limits, self._reached = backoff, limits, reached
        self._membership = Membership(
            database, broker, consumer=self.name, topics=self.topics, probe=limits.probe
        )
        self._retries = Retries(database, handling, backoff)
        self._failing = Failing(database, self.name, limit=limits.failing_keys)

    def step(self, *, timeout: float = 0.5) -> bool:
        """Poll once and apply what came; answers whether there was anything.

        Never raises for a broker or a database that is away: `trouble` says so and later steps try again.
        """
        if not self.topics:
            return False
        try:
            worked = self._step(timeout)
            trouble = self._failing.stopped or self._membership.why_gone()
            # While it pauses, the trouble that made it pause goes on.
            if trouble or not self._membership.idle:
                self.trouble = trouble
        except BrokerUnavailable as error:
            self.trouble = Sentence(zh=f"消息服务不可用：{error}", en=str(error))
            return False
        except Unavailable as error:  # nothing was skipped: the positions did not move
            self._membership.rewind(self._limits.pause)
            self.trouble = error.sentence
            return False
        return worked

    def close(self) -> None:
        """Leave the group, so that the others take over at once."""
        self._membership.close()

    def _step(self, timeout: float) -> bool:
        self._failing.recall()
        stopped = self._failing.stopped is not None
        if stopped and not self._membership.idle and self._failing.ended_by_operator():
            self._failing.succeeded()
        stretches = self._membership.poll(timeout=timeout, limit=1 if stopped else self._limits.batch)
        if stretches:
            self._reached("consumer.polled")
            self._take(stretches)
        if self._membership.idle:
            return False
        if self._retries.step(busy=bool(stretches), counting=self._failing.stopped is None):
            self._failing.succeeded()
            return True
        return bool(stretches)

    def _take(self, stretches: Sequence[Stretch]) -> None:
        try:
            self._commit(stretches)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001  whatever it was, one record at a time will tell
            for single in _singles(stretches):
                if not self._take_single(single):
                    return

    def _take_single(self, single: Stretch) -> bool:
        """Apply one record, or park it; answers whether to go on."""
        try:
            self._commit([single])
        except Unavailable:
            raise
        except CannotBeRead as error:
            return self._failed(
                single, error.read.failure, event_id=error.read.event_id, type_=error.read.type
            )
        except Exception as error:  # noqa: BLE001  whatever a reaction raises is this event's failure
            read = self._handling.read(single.records[0])
            return self._failed(single, passing(error), event_id=read.event_id, type_=read.type)
        return True

    def _commit(self, stretches: Sequence[Stretch]) -> None:
        def work(db: Session) -> batch.Applied:
            done = batch.apply(
                db, self._handling, stretches, placed=self._membership.placed, now=self._database.clock()
            )
            self._reached("consumer.applied")
            return done

        done = self._database.within(work)
        self._reached("consumer.committed")
        for outcome, count in done.outcomes.items():
            metrics.CONSUMED.labels(self.name, outcome).inc(count)
        if done.outcomes["applied"]:
            self._failing.succeeded()
        self._membership.place_again(done.lagging)
        self._membership.commit(done.moved)

    def _failed(self, single: Stretch, failure: Failure, *, event_id: str | None, type_: str | None) -> bool:
        """Park the record of `single`, or stop where everything fails; answers whether to go on."""
        record = single.records[0]
        key = parking.key_text(record)
        if self._failing.failed(record.topic, key, failure.sentence):
            self._membership.rewind(self._limits.probe)
            return False
        placed = self._membership.placed[single.place]

        def park(db: Session) -> None:
            held = positions.lock(db, self.name, [single.place]).get(single.place)
            if held and held.identity == placed.identity and single.start <= held.offset <= record.offset:
                parking.park(
                    db,
                    self.name,
                    record,
                    event_id=event_id,
                    type_=type_,
                    failure=failure,
                    now=self._database.clock(),
                    backoff=self._backoff,
                )
                positions.move(db, self.name, {single.place: Position(held.identity, single.end)})

        self._database.within(park)
        metrics.CONSUMED.labels(self.name, "dead" if failure.final else "parked").inc()
        log.warning("parked", topic=record.topic, key=key, type=type_, error=failure.sentence)
        return True


def _singles(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The same stretches, a record each; each begins where the one before it ended."""
    for stretch in stretches:
        start = stretch.start
        for record in stretch.records:
            yield Stretch(stretch.place, start, record.offset + 1, (record,))
            start = record.offset + 1
