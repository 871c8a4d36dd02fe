"""What lies in a broker: records in the partitions of topics."""

from dataclasses import dataclass, field
from typing import NamedTuple

#: The largest record that a topic takes: key, value and headers together, in bytes (1 MiB).
MAX_RECORD_BYTES = 1024 * 1024


class TopicPartition(NamedTuple):
    """One ordered log of a topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record on its way into a broker: bytes, and not yet at any place of a log.

    `key` decides the partition: the same key always goes to the same partition of a topic. Names of headers are ASCII.
    """

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def size(self) -> int:
        """Bytes of key, value and headers, as `MAX_RECORD_BYTES` counts them."""
        size = len(self.key) + len(self.value)
        for name, value in self.headers:  # a loop, because this runs for every record that is sent
            size += len(name) + len(value)
        return size


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as it lies in a broker. Anybody may have written it: key and value can be missing."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def place(self) -> TopicPartition:
        """The log that holds it."""
        return TopicPartition(self.topic, self.partition)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive records of one partition as a member fetched them.

    `start` is the offset that the member asked for: every record of the partition at or after
    `start` and before `end` is in `records` (compaction leaves gaps in the offsets, so the first
    record's offset may be larger than `start`). `end` is the offset to go on from.
    """

    place: TopicPartition
    start: int
    end: int
    records: tuple[StoredRecord, ...] = field(default=())
