"""Which partitions Kafka gave and took, told by its listener, kept until the member's poll asks."""

import threading
from collections.abc import Iterable

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka import TopicPartition as KafkaPartition

from shared.events.kafka.clients import Clients
from shared.events.record import TopicPartition

Places = frozenset[TopicPartition]


class Assignment(ConsumerRebalanceListener):
    """The library calls the listener in its network thread; `changes` is called in the member's."""

    def __init__(self, consumer: KafkaConsumer) -> None:
        """Watch what `consumer` is given."""
        self._consumer = consumer
        self._lock = threading.Lock()
        self._owned: set[TopicPartition] = set()
        self._told: set[TopicPartition] = set()
        self._taken: set[TopicPartition] = set()
        self._identities: dict[str, object] = {}

    def on_partitions_assigned(self, assigned: Iterable[KafkaPartition]) -> None:
        """Silence what is new until the owner has said where to start."""
        with self._lock:
            for partition in assigned:
                self._silence(partition)
                self._owned.add(TopicPartition(*partition))

    def on_partitions_revoked(self, revoked: Iterable[KafkaPartition]) -> None:
        """Note what is no longer ours."""
        with self._lock:
            gone = {TopicPartition(*partition) for partition in revoked}
            self._owned -= gone
            self._taken |= gone

    def on_partitions_lost(self, lost: Iterable[KafkaPartition]) -> None:
        """Note what is no longer ours, and may be another's already."""
        self.on_partitions_revoked(lost)

    def give_again(self, partitions: Iterable[KafkaPartition]) -> None:
        """Let the owner look again where these stand: they cannot go on from where they are."""
        with self._lock:
            for partition in partitions:
                place = TopicPartition(*partition)
                if place in self._owned:
                    self._silence(partition)
                    self._taken.add(place)

    def changes(self) -> tuple[Places, Places]:
        """What was taken and what was given since the last call. A partition may be in both."""
        self._notice_new_identities()
        with self._lock:
            revoked = frozenset(self._told & self._taken)
            assigned = frozenset(self._owned - (self._told - self._taken))
            self._told = set(self._owned)
            self._taken.clear()
        return revoked, assigned

    def raise_if_away(self, clients: Clients) -> None:
        """Raise BrokerUnavailable where no node of the cluster is connected."""
        connections = list(self._consumer._manager._conns.values())  # noqa: SLF001  the library does not tell otherwise
        if not any(connection.connected for connection in connections):
            raise clients.away(ConnectionError("no connection"))

    def _notice_new_identities(self) -> None:
        """Give again the partitions of a topic that was deleted and made anew under its old name.

        The fetches name topics, so Kafka would go on with the new one from the old offset. The library
        learns the identity with the metadata that it refreshes when a partition vanishes.
        """
        cluster = self._consumer._cluster  # noqa: SLF001  the library does not tell otherwise
        for topic in {place.topic for place in self._owned}:
            identity = cluster.topic_id(topic)
            if identity is None:
                continue
            before = self._identities.setdefault(topic, identity)
            if before != identity:
                self._identities[topic] = identity
                self.give_again(KafkaPartition(*place) for place in list(self._owned) if place.topic == topic)

    def _silence(self, partition: KafkaPartition) -> None:
        """Pause it at a position that is never read, so that the library looks for no committed one."""
        self._consumer.seek(partition, 0)
        self._consumer.pause(partition)
