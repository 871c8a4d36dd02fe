"""The consumer: from the broker into a service's own database, each effect once and each key in order.

poll → one transaction (lock the positions, skip what lies below them, inbox, effects, own events, move the
positions) → commit → tell the broker, for lag tools. A batch shares a transaction while all succeed; where
one fails the batch is rolled back and done again record by record, so that the failure can be named.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from shared.db import Database
from shared.errors import Unavailable
from shared.events import batch, parking, positions, stops
from shared.events.broker import Broker, BrokerUnavailable, Member, Polled
from shared.events.handling import CannotBeRead, Handling, passing
from shared.events.parking import Backoff, Failure
from shared.events.placement import place
from shared.events.positions import Position
from shared.events.record import Stretch, TopicPartition
from shared.events.retries import Retries
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
        self._database, self._broker, self._handling = database, broker, handling
        self._backoff, self._limits, self._reached = backoff, limits, reached
        self._retries = Retries(database, handling, backoff)
        self._member: Member | None = None
        self._placed: dict[TopicPartition, Position] = {}
        self._unplaced: set[TopicPartition] = set()
        self._gone: set[TopicPartition] = set()
        self._failing: set[tuple[str, str]] = set()
        self._stopped: Sentence | None = None
        self._idle_until: datetime | None = None

    def step(self, *, timeout: float = 0.5) -> bool:
        """Poll once and apply what came; answers whether there was anything.

        Never raises for a broker or a database that is away: `trouble` says so and later steps try again.
        """
        if not self.topics:
            return False
        try:
            polled = self._poll(timeout)
            worked = bool(polled.stretches) and self._take(polled.stretches)
            if self._idle_until is None and self._retries.step(counting=self._stopped is None):
                self._succeeded()
                worked = True
        except BrokerUnavailable as error:
            self.trouble = Sentence(
                zh=f"消息服务没有响应：{error}", en=f"The broker does not answer: {error}"
            )
            return False
        except Unavailable as error:  # nothing was skipped: the positions did not move
            self._rewind(self._limits.pause)
            self.trouble = error.sentence
            return False
        if self._idle_until is None and not self._gone:
            self.trouble = None
        return worked

    def close(self) -> None:
        """Leave the group, so that the others take over at once."""
        if self._member:
            self._member.close()
            self._member = None

    # — polling and placing

    def _poll(self, timeout: float) -> Polled:
        if self._member is None:
            self._member = self._broker.join(group=self.name, topics=self.topics)
        self._end_idling()
        if self._unplaced and self._idle_until is None:
            self._place()
        polled = self._member.poll(timeout=timeout, limit=1 if self._stopped else self._limits.batch)
        for at in polled.revoked:
            self._placed.pop(at, None)
            self._gone.discard(at)
        self._unplaced = (self._unplaced - polled.revoked) | polled.assigned
        if self._unplaced and self._idle_until is None:
            self._place()
        return polled

    def _place(self) -> None:
        assert self._member  # noqa: S101  partitions come from a member
        found = place(self._database, self._broker, self.name, self._unplaced)
        for at, position in found.ready.items():
            self._placed[at] = position
            self._member.seek(at, position.offset)
        self._unplaced -= found.ready.keys()
        self._gone = (self._gone - found.ready.keys()) | found.gone
        if found.gone:
            with self._database.reading() as db:
                self.trouble = stops.open_stops(db, self.name)[0].sentence
            self._idle(self._limits.probe)

    def _rewind(self, wait: timedelta) -> None:
        """Forget what was fetched: every partition is placed again, after a while."""
        self._unplaced |= self._placed.keys()
        self._idle(wait)

    def _idle(self, wait: timedelta) -> None:
        self._idle_until = self._database.clock() + wait
        if self._member:
            self._member.pause(self._unplaced)

    def _end_idling(self) -> None:
        if self._idle_until is None or self._database.clock() < self._idle_until:
            return
        self._idle_until = None
        assert self._member  # noqa: S101  _poll made it
        self._member.resume(self._unplaced)
        if self._stopped and not self._still_stopped():
            self._succeeded()

    # — applying

    def _take(self, stretches: Sequence[Stretch]) -> bool:
        mine = [
            stretch
            for stretch in stretches
            if stretch.place in self._placed and stretch.place not in self._unplaced
        ]
        self._reached("consumer.polled")
        try:
            self._commit(mine)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001  whatever it was, one record at a time will tell
            for single in _singles(mine):
                if not self._take_single(single):
                    break
        return bool(mine)

    def _take_single(self, single: Stretch) -> bool:
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
        def once() -> batch.Applied:
            with self._database.begin() as db:
                done = batch.apply(
                    db, self._handling, stretches, placed=self._placed, now=self._database.clock()
                )
                self._reached("consumer.applied")
                return done

        done = self._database.retrying(once)
        self._reached("consumer.committed")
        if done.succeeded:
            self._succeeded()
        self._unplaced |= done.lagging
        assert self._member  # noqa: S101  records come from a member
        self._member.commit({at: position.offset for at, position in done.moved.items()})

    def _failed(self, single: Stretch, failure: Failure, *, event_id: str | None, type_: str | None) -> bool:
        """Park the record of `single`, or stop where everything fails; answers whether to go on."""
        record = single.records[0]
        self._failing.add((record.topic, parking.key_text(record)))
        if self._stopped or len(self._failing) >= self._limits.failing_keys:
            self._stop(failure)
            return False
        with self._database.begin() as db:
            held = positions.lock(db, self.name, [single.place]).get(single.place)
            if held and held.identity == self._placed[single.place].identity and held.offset <= record.offset:
                parking.park(
                    db, self.name, record, event_id=event_id, type_=type_,
                    failure=failure, now=self._database.clock(), backoff=self._backoff,
                )  # fmt: skip
                positions.move(db, self.name, {single.place: Position(held.identity, single.end)})
        log.warning(
            "parked", topic=record.topic, key=parking.key_text(record), type=type_, error=failure.sentence
        )
        return True

    # — stopping

    def _stop(self, failure: Failure) -> None:
        self._stopped = self.trouble = Sentence(
            zh=f"连续 {len(self._failing)} 个不同对象的消息都处理失败，已停止接收，以免全部进入死信。最近的原因：{failure.sentence}",
            en=f"Events of {len(self._failing)} different keys failed with no success between, so the consumer stopped "
            f"before all of them become dead letters. The last reason: {failure.sentence}",
        )
        with self._database.begin() as db:
            stops.stop(db, self.name, place=None, sentence=self._stopped, now=self._database.clock())
        log.error("consumer stopped", reason=failure.sentence)
        self._rewind(self._limits.probe)

    def _still_stopped(self) -> bool:
        with self._database.reading() as db:
            return any(stop.place is None for stop in stops.open_stops(db, self.name))

    def _succeeded(self) -> None:
        self._failing.clear()
        if self._stopped is None:
            return
        self._stopped = self.trouble = None
        with self._database.begin() as db:
            stops.end_all(
                db, self.name, by=self._handling.actor, reason="it works again", now=self._database.clock()
            )
        log.info("consumer goes on")


def _singles(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The same stretches, a record each; each begins where the one before it ended."""
    for stretch in stretches:
        start = stretch.start
        for record in stretch.records:
            yield Stretch(stretch.place, start, record.offset + 1, (record,))
            start = record.offset + 1
