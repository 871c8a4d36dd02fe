"""The door of the broker for Apache Kafka."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from shared.events.broker import Acked, Failed, TopicInBroker
from shared.events.contract import Topic
from shared.events.kafka.clients import Clients
from shared.events.kafka.member import KafkaMember
from shared.events.kafka.publishing import Publisher
from shared.events.kafka.reading import Reader
from shared.events.kafka.topics import Topics
from shared.events.record import Record, Stretch, TopicPartition


class KafkaBroker:
    """See `shared.events.broker.Broker`. Connections are made when first needed."""

    def __init__(
        self,
        servers: Sequence[str],
        *,
        client_id: str,
        options: Mapping[str, str] | None = None,
        publish_timeout: float = 30.0,
        replication_factor: int = -1,
    ) -> None:
        """Connect to nothing yet. Raises OptionError for an option that kafka-python does not know.

        servers: `host:port` of some of the cluster's nodes. publish_timeout: seconds that one publish
        may wait for its acks. replication_factor: of topics made by `apply`; -1 is the cluster's own.
        """
        self._clients = Clients(servers, options=options or {}, client_id=client_id)
        self._topics = Topics(self._clients, replication_factor=replication_factor)
        self._publisher = Publisher(self._clients, self._topics, timeout=publish_timeout)
        self._reader = Reader(self._clients, self._topics)

    def publish(self, records: Sequence[Record]) -> list[Acked | Failed]:
        """See `Broker.publish`."""
        return self._publisher.publish(records)

    def join(self, *, group: str, topics: Iterable[str]) -> KafkaMember:
        """See `Broker.join`."""
        return KafkaMember(self._clients, group=group, topics=topics)

    def describe(self, topics: Iterable[str]) -> dict[str, TopicInBroker]:
        """See `Broker.describe`."""
        return self._topics.describe(topics)

    def apply(self, topics: Iterable[Topic]) -> list[str]:
        """See `Broker.apply`."""
        return self._topics.apply(topics)

    def read(self, topic: str, partition: int, *, start: int, limit: int) -> Stretch:
        """See `Broker.read`."""
        return self._reader.read(TopicPartition(topic, partition), start=start, limit=limit)

    def committed(self, *, group: str, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """See `Broker.committed`."""
        return self._topics.committed(group=group, names=topics)

    def delete_records(self, before: Mapping[TopicPartition, int]) -> None:
        """See `Broker.delete_records`."""
        self._topics.cut(before)

    def maintain(self, *, now: datetime) -> None:
        """See `Broker.maintain`: Kafka sees to it by itself."""

    def ping(self) -> None:
        """See `Broker.ping`."""
        self._topics.ping()

    def close(self) -> None:
        """See `Broker.close`."""
        self._publisher.close()
        self._reader.close()
        self._topics.close()

    def __enter__(self) -> Self:
        """The broker itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
