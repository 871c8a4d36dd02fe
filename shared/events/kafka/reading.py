"""Reading a partition of Kafka without a group."""

import threading
import time

from kafka import KafkaConsumer
from kafka import TopicPartition as KafkaPartition
from kafka.consumer.fetcher import ConsumerRecord

from shared.events.broker import TopicMismatch
from shared.events.kafka.clients import Clients
from shared.events.kafka.topics import Topics
from shared.events.record import StoredRecord, Stretch, TopicPartition

#: How long one read waits for the records that the log has.
PATIENCE = 10.0


class Reader:
    """Reads with one consumer, which goes on where the last read ended where that is asked. Thread-safe."""

    def __init__(self, clients: Clients, topics: Topics) -> None:
        """Connect to nothing yet."""
        self._clients = clients
        self._topics = topics
        self._lock = threading.Lock()
        self._consumer: KafkaConsumer | None = None
        self._stands: tuple[TopicPartition, int] | None = None

    def read(self, place: TopicPartition, *, start: int, limit: int) -> Stretch:
        """See `Broker.read`."""
        topic = self._topics.describe([place.topic]).get(place.topic)
        if topic is None or place.partition not in topic.spans:
            raise TopicMismatch(f"The broker has no partition {place.partition} of {place.topic}.")
        span = topic.spans[place.partition]
        if start >= span.end:
            return Stretch(place, start, start)
        with self._lock, self._clients.answering():
            return self._read(place, start=start, fetch=max(start, span.start), end=span.end, limit=limit)

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            if self._consumer is not None:
                self._consumer.close()
            self._consumer = None

    def _read(self, place: TopicPartition, *, start: int, fetch: int, end: int, limit: int) -> Stretch:
        """Fetch until there are records or the log, as it was, has ended without any."""
        if self._consumer is None:
            self._consumer = self._clients.consumer(group=None)
        partition = KafkaPartition(*place)
        if self._stands != (place, fetch):
            self._consumer.assign([partition])
            self._consumer.seek(partition, fetch)
        self._stands = None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            fetched = self._consumer.poll(timeout_ms=500, max_records=limit).get(partition, [])
            stands = int(self._consumer.position(partition))
            if fetched or stands >= end:
                self._stands = (place, stands)
                return Stretch(place, start, stands, tuple(stored(record) for record in fetched))
        raise self._clients.away(TimeoutError(f"{place.topic} could not be read within {PATIENCE:.0f} s"))


def stored(record: ConsumerRecord) -> StoredRecord:
    """A record as the library gives it, as ours."""
    return StoredRecord(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        # A header without a value is one that we cannot have written.
        headers=tuple((name, value or b"") for name, value in record.headers),
    )
