"""Topics of a Kafka cluster: described, made as declared, cut; through one admin client."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import cast

from kafka import KafkaAdminClient, OffsetAndMetadata, OffsetSpec
from kafka import TopicPartition as KafkaPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import (
    CoordinatorNotAvailableError,
    PolicyViolationError,
    UnknownTopicOrPartitionError,
    for_code,
)

from shared.events.broker import Span, TopicInBroker, TopicMismatch
from shared.events.contract import Topic
from shared.events.kafka.clients import FRAMED_RECORD_BYTES, Clients
from shared.events.record import TopicPartition

#: How often a description is asked anew because topics were made or deleted meanwhile.
_ATTEMPTS = 5

#: How often, a fifth of a second apart, a new cluster is asked who keeps a group's positions.
_LOOKS_FOR_COORDINATOR = 20


class Topics:
    """What `Broker` says of topics and groups, asked of the cluster. Thread-safe."""

    def __init__(self, clients: Clients, *, replication_factor: int) -> None:
        """Connect to nothing yet. replication_factor: of topics made here; -1 is the cluster's own."""
        self._clients = clients
        self._replication_factor = replication_factor
        self._lock = threading.Lock()
        self._admin: KafkaAdminClient | None = None

    def partitions(self, names: Iterable[str]) -> dict[str, int]:
        """How many partitions each topic has; missing ones are left out. Raises BrokerUnavailable."""
        return {name: len(numbers) for name, (_, numbers) in self._found(names).items()}

    def describe(self, names: Iterable[str]) -> dict[str, TopicInBroker]:
        """See `Broker.describe`."""
        wanted = list(names)  # asked for more than once
        for _ in range(_ATTEMPTS):
            found = self._found(wanted)
            firsts, nexts = self._offsets(found, OffsetSpec.EARLIEST), self._offsets(found, OffsetSpec.LATEST)
            # Offsets of a topic that was made anew between the questions do not belong to its first identity.
            if firsts is not None and nexts is not None and self._found(wanted) == found:
                return {
                    name: TopicInBroker(
                        name,
                        identity,
                        {number: Span(firsts[name, number], nexts[name, number]) for number in numbers},
                    )
                    for name, (identity, numbers) in found.items()
                }
        raise self._clients.away(TimeoutError("its topics change faster than they can be described"))

    def apply(self, topics: Iterable[Topic]) -> list[str]:
        """See `Broker.apply`."""
        declared = list(topics)
        there = self.partitions([topic.name for topic in declared])
        for topic in declared:
            if there.get(topic.name, topic.partitions) != topic.partitions:
                raise TopicMismatch(
                    f"{topic.name} has {there[topic.name]} partitions and is declared with {topic.partitions}:"
                    " the partitions of a keyed topic never change."
                )
        missing = [topic for topic in declared if topic.name not in there]
        changes = [f"{topic.name}: made with {topic.partitions} partitions." for topic in missing]
        with self._asking() as admin:
            if missing:
                admin.create_topics(
                    {
                        topic.name: {
                            "num_partitions": topic.partitions,
                            "replication_factor": self._replication_factor,
                            "configs": _configuration(topic),
                        }
                        for topic in missing
                    },
                    wait_for_metadata=True,
                )
            changes += [
                f"{topic.name}: retention and compaction changed."
                for topic in declared
                if topic.name in there and _configure(admin, topic)
            ]
        return changes

    def cut(self, before: Mapping[TopicPartition, int]) -> None:
        """See `Broker.delete_records`. Kafka itself refuses it for a topic that is only compacted."""
        there = self.describe({place.topic for place in before})
        with self._asking() as admin:
            for place, offset in before.items():
                if place.topic not in there:
                    raise TopicMismatch(f"{place.topic} is missing.")
                end = there[place.topic].spans[place.partition].end
                try:
                    admin.delete_records({KafkaPartition(*place): min(offset, end)})
                except PolicyViolationError as error:
                    raise TopicMismatch(
                        f"{place.topic} is compacted: it never loses the newest of a key."
                    ) from error

    def committed(self, *, group: str, names: Iterable[str]) -> dict[TopicPartition, int]:
        """See `Broker.committed`."""
        wanted = set(names)
        with self._asking() as admin:
            offsets = _offsets_of(admin, group)
        return {
            TopicPartition(*place): committed.offset
            for place, committed in offsets.items()
            if place.topic in wanted and committed.offset >= 0
        }

    def ping(self) -> None:
        """See `Broker.ping`."""
        with self._asking() as admin:
            admin.describe_cluster()

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()

    @contextmanager
    def _asking(self) -> Iterator[KafkaAdminClient]:
        with self._clients.answering():
            with self._lock:
                if self._admin is None:
                    self._admin = self._clients.admin()
                admin = self._admin
            yield admin

    def _found(self, names: Iterable[str]) -> dict[str, tuple[str, list[int]]]:
        """Identity and partition numbers of each topic that exists."""
        found: dict[str, tuple[str, list[int]]] = {}
        wanted = sorted(set(names))
        if not wanted:
            return found
        with self._asking() as admin:
            for answer in admin.describe_topics(wanted):
                error = for_code(answer["error_code"])
                if error is UnknownTopicOrPartitionError:
                    continue
                if answer["error_code"]:
                    raise error(answer["name"])
                numbers = sorted(partition["partition_index"] for partition in answer["partitions"])
                found[answer["name"]] = str(answer["topic_id"]), numbers
        return found

    def _offsets(
        self, found: Mapping[str, tuple[str, list[int]]], spec: OffsetSpec
    ) -> dict[tuple[str, int], int] | None:
        """An offset of each partition, or None where a topic was deleted meanwhile."""
        places = {
            KafkaPartition(name, number): spec for name, (_, numbers) in found.items() for number in numbers
        }
        if not places:
            return {}
        with self._asking() as admin:
            try:
                answers = admin.list_partition_offsets(places)
            except UnknownTopicOrPartitionError:
                return None
        return {(place.topic, place.partition): answer.offset for place, answer in answers.items()}


def _offsets_of(admin: KafkaAdminClient, group: str) -> Mapping[KafkaPartition, OffsetAndMetadata]:
    """What the group has committed. The first to ask a new cluster makes it find a place for such things."""
    for _ in range(_LOOKS_FOR_COORDINATOR):
        with suppress(CoordinatorNotAvailableError):
            return cast(
                "Mapping[KafkaPartition, OffsetAndMetadata]", admin.list_group_offsets({group: None})[group]
            )
        time.sleep(0.2)
    raise CoordinatorNotAvailableError


def _configuration(topic: Topic) -> dict[str, str]:
    """How Kafka shall keep the topic."""
    kept_ms = -1 if topic.retention is None else int(topic.retention.total_seconds() * 1000)
    return {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(kept_ms),
        "max.message.bytes": str(FRAMED_RECORD_BYTES),
    }


def _configure(admin: KafkaAdminClient, topic: Topic) -> bool:
    """Set what is set otherwise; whether there was anything."""
    wanted = _configuration(topic)
    asked = ConfigResource(ConfigResourceType.TOPIC, topic.name, dict.fromkeys(wanted))
    answer = admin.describe_configs([asked], config_filter="all")["topic"][topic.name]
    if all(answer[name]["value"] == value for name, value in wanted.items()):
        return False
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, wanted)])
    return True
