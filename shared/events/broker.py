"""The small protocol behind which a broker stands: Apache Kafka or the embedded log.

`tests/contracts/broker` is its executable half: both brokers pass the same suite.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from shared.events.contract import Topic
from shared.events.record import Record, Stretch, TopicPartition


class BrokerUnavailable(Exception):
    """The broker does not answer, or turns us away; a sentence says which. Nothing is known of what was under way; try again later."""


class TopicMismatch(Exception):
    """A topic stands in the broker otherwise than the call needs, and may not be changed to fit."""


@dataclass(frozen=True, slots=True)
class Acked:
    """The record lies in the broker, durably, at this place."""

    place: TopicPartition
    offset: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The record did not reach the broker for sure; `reason` is a sentence for the operator.

    `own_fault` is true where this record itself was refused (too large, its topic missing) and
    sending it again as it is will fail again; false where the broker was at fault.
    """

    reason: str
    own_fault: bool


@dataclass(frozen=True, slots=True)
class Span:
    """What a partition holds now: offsets from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TopicInBroker:
    """A topic as the broker has it.

    `identity` is given by the broker when the topic is created: a topic deleted and made again,
    or a broker made anew, has another one. `spans` has an entry per partition number.
    """

    name: str
    identity: str
    spans: Mapping[int, Span]


@dataclass(frozen=True, slots=True)
class Polled:
    """What one `Member.poll` brought.

    `revoked`: partitions that are no longer this member's (handed over, or lost). `assigned`:
    partitions that became this member's; each delivers nothing until `seek` was called for it.
    `stretches` holds at most one stretch a partition, and only of partitions that are this member's.

    A partition in both was taken away and came back: look again where it stands (`describe`), then
    seek. So it is when the member lost its place in the group for a while, and when the log no longer
    holds the offset to go on from: the topic was made anew, or the records were deleted unread.
    """

    assigned: frozenset[TopicPartition] = frozenset()
    revoked: frozenset[TopicPartition] = frozenset()
    stretches: tuple[Stretch, ...] = ()


class Member(Protocol):
    """One member of a consumer group. Not thread-safe: one thread owns it.

    A partition leaves a living member only inside its `poll`, so that whoever calls `poll` after having
    done with the records of the last one never shares a partition. A member that does not poll for five
    minutes, or whose process dies, loses its partitions to the others.
    Calls that name a partition which the member lost meanwhile do nothing.
    """

    def poll(self, *, timeout: float, limit: int) -> Polled:
        """Wait up to `timeout` seconds for at most `limit` records.

        Returns as soon as there is anything to tell. Returned records are not delivered to this member
        again unless it seeks; another member, or this one after a crash, starts where its own `seek` says.
        Raises BrokerUnavailable where it notices that the broker is away; the member stays usable and
        goes on by itself once the broker is back.
        """
        ...

    def seek(self, place: TopicPartition, offset: int) -> None:
        """Go on with `offset`; the first seek after an assignment also starts the delivery."""
        ...

    def pause(self, places: Iterable[TopicPartition]) -> None:
        """Deliver nothing of these until `resume`; the membership stays."""
        ...

    def resume(self, places: Iterable[TopicPartition]) -> None:
        """Deliver these again, from where they stood."""
        ...

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Tell the broker how far the group has come, for lag tools only: nothing depends on it.

        Offsets are the next to read. Never raises: what cannot be told now is told with the next commit.
        """
        ...

    def close(self) -> None:
        """Leave the group, so that the others take over at once."""
        ...


class Broker(Protocol):
    """A connection to a broker. Thread-safe, but for the members that it hands out.

    It must be made in the process that uses it: kafka-python does not survive a fork.
    """

    def publish(self, records: Sequence[Record]) -> list[Acked | Failed]:
        """Append `records` durably; the answer has one entry per record, in the same order.

        Records of one key are appended in the order given, and never one after a `Failed` of the same
        key: where a record of a key is `Failed`, all later ones of that key in the call are `Failed`
        too and do not reach the broker later behind the caller's back. Returns within the broker's
        publish timeout; a broker that does not answer makes `Failed(own_fault=False)`, not an exception.
        """
        ...

    def join(self, *, group: str, topics: Iterable[str]) -> Member:
        """A new member of `group` reading `topics`; partitions are divided among its members.

        A topic that does not exist yet is waited for, not created. Raises BrokerUnavailable.
        """
        ...

    def describe(self, topics: Iterable[str]) -> dict[str, TopicInBroker]:
        """The topics that exist, with identity and spans; missing ones are left out. Raises BrokerUnavailable."""
        ...

    def apply(self, topics: Iterable[Topic]) -> list[str]:
        """Create what is missing and set retention and compaction; a sentence for each change made.

        Raises TopicMismatch where a topic has another number of partitions than declared, after
        everything else was left as it was, and BrokerUnavailable.
        """
        ...

    def read(self, topic: str, partition: int, *, start: int, limit: int) -> Stretch:
        """Up to `limit` records from `start` on, without a group; empty at the log's end.

        Raises BrokerUnavailable, and TopicMismatch where there is no such partition.
        """
        ...

    def committed(self, *, group: str, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """What the group's members last committed; partitions without a commit are left out.

        Raises BrokerUnavailable.
        """
        ...

    def delete_records(self, before: Mapping[TopicPartition, int]) -> None:
        """Delete every record below the given offset of each partition: retention, made explicit.

        Raises TopicMismatch for a compacted topic, which never loses the newest record of a key, and
        BrokerUnavailable.
        """
        ...

    def maintain(self, *, now: datetime) -> None:
        """Retention by age and compaction, where the broker does not see to them by itself.

        To be called now and then (each few minutes), by any one process. Raises BrokerUnavailable.
        """
        ...

    def ping(self) -> None:
        """Return if the broker answers; raise BrokerUnavailable with a sentence otherwise."""
        ...

    def close(self) -> None:
        """Give everything back; unfinished publishes end as `Failed`."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
