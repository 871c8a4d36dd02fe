"""Publishing to Kafka in order: what one call could not send never arrives later.

kafka-python's idempotent producer keeps the order of a partition as long as no batch fails. Once one has
failed for good, it goes on with the next, and what is buffered goes out whenever the broker is back. Both
would break the promise of `Broker.publish`. So a producer lives only as long as nothing fails: the
first failure stops its network thread, in that thread, before another batch can leave; the next call
makes a new one. It does not retry either, and gives up when its connection is lost: what waits in it would go
into whatever answers next, and that may be a broker made anew, to which older events have to be sent first.

What was on its way when a producer was stopped may still have been appended. Sending again from the
first failure on, as the relay does, then repeats records but never reorders their first occurrences.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeAlias

from kafka import KafkaProducer
from kafka.errors import (
    InvalidRecordError,
    InvalidTopicError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)
from kafka.producer.future import FutureRecordMetadata

from shared.events.broker import Acked, BrokerUnavailable, Failed
from shared.events.kafka.clients import Clients
from shared.events.kafka.topics import Topics
from shared.events.order import KeyOrder
from shared.events.partitioning import partition_of
from shared.events.record import Record, TopicPartition

#: After a failure to connect, so many seconds of calls fail at once instead of trying again.
BACK_OFF = 1.0

#: What the broker refuses in the record itself, or in who sends it where.
_OWN_FAULT = (
    InvalidRecordError,
    InvalidTopicError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)

#: Seconds between two looks at the connection while an ack is waited for.
_LOOK = 0.25

Sent: TypeAlias = "FutureRecordMetadata | Failed"


class Publisher:
    """Publishes through one producer at a time, which threads share."""

    def __init__(self, clients: Clients, topics: Topics, *, timeout: float) -> None:
        """Connect to nothing yet. timeout: seconds that one call may take."""
        self._clients = clients
        self._topics = topics
        self._timeout = timeout
        self._lock = threading.Lock()
        self._producer: _Producer | None = None
        self._not_before = 0.0
        self._reason = ""

    def publish(self, records: Sequence[Record]) -> list[Acked | Failed]:
        """See `Broker.publish`."""
        if not records:
            return []
        deadline = time.monotonic() + self._timeout
        try:
            producer = self._current()
            producer.learn({record.topic for record in records}, self._topics)
        except BrokerUnavailable as error:
            return [Failed(str(error), own_fault=False)] * len(records)
        sending, answering = KeyOrder(), KeyOrder()
        sent = [producer.send(record, sending) for record in records]
        producer.wait(sent, deadline)
        answers = [
            self._answer(record, one, answering, producer.cause)
            for record, one in zip(records, sent, strict=True)
        ]
        if producer.failed:
            self._drop(producer)
        return answers

    def close(self) -> None:
        """Stop at once; calls under way end as `Failed`."""
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            producer.stop()

    def _current(self) -> "_Producer":
        """The producer, made if need be. Raises BrokerUnavailable."""
        with self._lock:
            if self._producer is None:
                if time.monotonic() < self._not_before:
                    raise BrokerUnavailable(self._reason)
                try:
                    with self._clients.answering():
                        self._producer = _Producer(self._clients.producer())
                except BrokerUnavailable as error:
                    self._not_before = time.monotonic() + BACK_OFF
                    self._reason = str(error)
                    raise
            return self._producer

    def _drop(self, producer: "_Producer") -> None:
        """Stop a producer that failed; the next call makes another."""
        with self._lock:
            if self._producer is producer:
                self._producer = None
        producer.stop()

    def _answer(
        self, record: Record, sent: Sent, order: KeyOrder, cause: BaseException | None
    ) -> Acked | Failed:
        """What became of one record; `cause` is what stopped the producer, if it was stopped."""
        if isinstance(sent, Failed):
            return order.failed(record, sent.reason, own_fault=sent.own_fault)
        held_back = order.held_back(record)
        if held_back is not None:
            return held_back
        if sent.is_done and sent.exception is None:
            done = sent.value
            return Acked(TopicPartition(done.topic, done.partition), done.offset)
        if isinstance(sent.exception, _OWN_FAULT):
            reason = f"Kafka refuses the record: {sent.exception}."
            if isinstance(sent.exception, TopicAuthorizationFailedError):
                reason = str(self._clients.away(sent.exception))  # says whom to ask
            return order.failed(record, reason, own_fault=True)
        if isinstance(cause, _OWN_FAULT):
            return order.failed(
                record, "Another record of the call was refused before this was acked.", own_fault=False
            )
        return order.failed(
            record, str(self._clients.away(cause or TimeoutError("no ack in time"))), own_fault=False
        )


class _Producer:
    """A kafka-python producer that stops for ever with its first failure."""

    def __init__(self, producer: KafkaProducer) -> None:
        self._producer = producer
        # Past the constructor, which takes no idempotence without retries; it is the sender that acts on it.
        producer._sender.config["retries"] = 0  # noqa: SLF001
        self._partitions: dict[str, int] = {}
        self.failed = False
        self.cause: BaseException | None = None

    def learn(self, names: set[str], topics: Topics) -> None:
        """Find out which topics exist, because the library would wait for those that do not.

        Raises BrokerUnavailable.
        """
        unknown = names - self._partitions.keys()
        if unknown:
            self._partitions |= topics.partitions(unknown)

    def send(self, record: Record, order: KeyOrder) -> Sent:
        """Hand a record to the library's buffer, or say why not."""
        partitions = self._partitions.get(record.topic, 0)
        refused = order.refusal(record, exists=partitions > 0)
        if refused is not None:
            return refused
        if self.failed:
            return order.failed(record, "The call failed before this record was sent.", own_fault=False)
        try:
            future = self._producer.send(
                record.topic,
                value=record.value,
                key=record.key,
                headers=list(record.headers),
                partition=partition_of(record.key, partitions=partitions),
            )
        # ValueError: the topic lost the partition since we looked, or the library does not know it yet.
        except (KafkaError, ValueError, AssertionError) as error:
            self._fail(error)
            return order.failed(record, f"The record could not be sent: {error}.", own_fault=False)
        future.add_errback(self._fail)
        return future

    def wait(self, sent: Sequence[Sent], deadline: float) -> None:
        """Wait until each is acked or the producer has failed; too late is a failure."""
        for one in sent:
            if isinstance(one, Failed):
                continue
            alone = 0  # looks in a row at which no broker was connected
            while not one.is_done and not self.failed:
                try:
                    one.get(timeout=min(_LOOK, max(deadline - time.monotonic(), 0)))
                except KafkaTimeoutError as error:
                    alone = 0 if self._connected() else alone + 1
                    if alone > 1 or time.monotonic() >= deadline:
                        self._fail(error)
                except KafkaError as error:
                    self._fail(error)
        if self.failed:
            self.stop()

    def _connected(self) -> bool:
        client = self._producer._sender._client  # noqa: SLF001  the library has no door for this
        return any(client.connected(broker.node_id) for broker in client.cluster.brokers())

    def stop(self) -> None:
        """End the network thread without sending anything more; all unacked futures fail.

        The library's own `close(timeout=0)` does not do: it first waits for a flush, raises because
        that takes longer than no time, and leaves the thread sending.
        """
        self._fail()
        self._producer._sender.join(timeout=10)  # noqa: SLF001  see above
        with suppress(KafkaError):
            self._producer.close(timeout=0)

    def _fail(self, error: BaseException | None = None) -> None:
        """Called where the failure is noticed: for a failed batch that is the network thread itself."""
        if not self.failed:
            self.cause = error
        self.failed = True
        self._producer._sender.force_close()  # noqa: SLF001  see `stop`
