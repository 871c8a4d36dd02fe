"""A member of a Kafka consumer group whose positions are its owner's alone."""

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress

from kafka import KafkaConsumer, OffsetAndMetadata
from kafka import TopicPartition as KafkaPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError, LogTruncationError, OffsetOutOfRangeError
from kafka.future import Future

from shared.events.broker import Polled
from shared.events.kafka.assignment import Assignment
from shared.events.kafka.clients import Clients
from shared.events.kafka.reading import stored
from shared.events.record import Stretch, TopicPartition

#: The library returns only with records. So it is asked in slices, to tell of assignments between them: short ones
#: as long as assignments may be on their way, longer ones when nothing has changed for a while.
SLICE_SECONDS, QUIET_SLICE_SECONDS = 0.1, 0.5
QUIET_AFTER_SECONDS = 5.0

#: The library counts in milliseconds: what is left of a poll below this is not worth another call.
SHORTEST_SECONDS = 0.002

#: How long `close` waits for the last commit and for leaving the group.
CLOSE_SECONDS = 3.0


class KafkaMember:
    """See `shared.events.broker.Member`."""

    def __init__(self, clients: Clients, *, group: str, topics: Iterable[str]) -> None:
        """Connect and subscribe. Raises BrokerUnavailable."""
        self._clients = clients
        with clients.answering():
            self._consumer: KafkaConsumer = clients.consumer(group=group)
        self._assignment = Assignment(self._consumer)
        self._positions: dict[TopicPartition, int] = {}
        self._paused: set[TopicPartition] = set()
        self._commit: Future | None = None
        self._changed_at = time.monotonic()
        self._consumer.subscribe(topics=sorted(set(topics)), listener=self._assignment)

    def poll(self, *, timeout: float, limit: int) -> Polled:
        """See `Member.poll`."""
        deadline = time.monotonic() + timeout
        while True:
            now = time.monotonic()
            quiet = self._positions and now > self._changed_at + QUIET_AFTER_SECONDS
            slice_ = QUIET_SLICE_SECONDS if quiet else SLICE_SECONDS
            polled = self._look(min(max(deadline - now, 0), slice_), limit)
            if polled.assigned or polled.revoked:
                self._changed_at = time.monotonic()
            if polled != Polled():
                return polled
            if time.monotonic() >= deadline - SHORTEST_SECONDS:
                self._assignment.raise_if_away(self._clients)
                return polled

    def seek(self, place: TopicPartition, offset: int) -> None:
        """See `Member.seek`."""
        partition = KafkaPartition(*place)
        # ValueError, KeyError: it was lost meanwhile; the next poll says so.
        with suppress(ValueError, KeyError):
            self._consumer.seek(partition, offset)
            self._positions[place] = offset
            if place not in self._paused:
                self._consumer.resume(partition)

    def pause(self, places: Iterable[TopicPartition]) -> None:
        """See `Member.pause`."""
        for place in places:
            self._paused.add(place)
            with suppress(KeyError):
                self._consumer.pause(KafkaPartition(*place))

    def resume(self, places: Iterable[TopicPartition]) -> None:
        """See `Member.resume`."""
        for place in places:
            self._paused.discard(place)
            # What was never sought stays silent.
            if place in self._positions:
                with suppress(KeyError):
                    self._consumer.resume(KafkaPartition(*place))

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """See `Member.commit`. Told in the background: a commit waits for nothing."""
        told = {
            KafkaPartition(*place): OffsetAndMetadata(offset, "", -1) for place, offset in offsets.items()
        }
        if told:
            with suppress(KafkaError, RuntimeError):
                self._commit = self._consumer.commit_async(told)

    def close(self) -> None:
        """See `Member.close`."""
        deadline = time.monotonic() + CLOSE_SECONDS
        while self._commit is not None and not self._commit.is_done and time.monotonic() < deadline:
            time.sleep(0.005)
        with suppress(KafkaError, OSError, RuntimeError):
            self._consumer.close(autocommit=False, timeout_ms=int(CLOSE_SECONDS * 1000))

    def _look(self, timeout: float, limit: int) -> Polled:
        """One slice of a poll."""
        try:
            with self._clients.answering():
                batches = self._fetched(timeout, limit)
        finally:
            revoked, assigned = self._assignment.changes()
            for place in revoked | assigned:
                self._positions.pop(place, None)
                self._paused.discard(place)
        stretches = tuple(
            stretch
            for partition, records in batches.items()
            if (stretch := self._stretch(partition, records))
        )
        return Polled(assigned=assigned, revoked=revoked, stretches=stretches)

    def _fetched(self, timeout: float, limit: int) -> Mapping[KafkaPartition, list[ConsumerRecord]]:
        # A poll that ends while its join is under way must be followed by one that awaits the join. Where the
        # leader joins again because a topic has come, the library forgets that and is no member any more.
        coordinator = self._consumer._coordinator  # noqa: SLF001  the library does not tell otherwise
        if coordinator.rejoining:
            coordinator.request_rejoin()
        try:
            fetched: Mapping[KafkaPartition, list[ConsumerRecord]] = self._consumer.poll(
                timeout_ms=int(timeout * 1000), max_records=limit
            )
        except (OffsetOutOfRangeError, LogTruncationError) as error:
            # Either carries a mapping whose keys are the partitions.
            lost = error.divergent_offsets if isinstance(error, LogTruncationError) else error.args[0]
            self._assignment.give_again(lost)
            return {}
        return fetched

    def _stretch(self, partition: KafkaPartition, records: list[ConsumerRecord]) -> Stretch | None:
        """The records that came, from where this member stood; None for what it did not ask for."""
        place = TopicPartition(*partition)
        start = self._positions.get(place)
        fresh = tuple(
            record for record in map(stored, records) if start is not None and record.offset >= start
        )
        if start is None or not fresh:
            return None
        end = fresh[-1].offset + 1
        self._positions[place] = end
        return Stretch(place, start, end, fresh)
