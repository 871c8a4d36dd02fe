"""A reader as a service is one: it keeps its own positions and checks what the broker promises."""

import time
from collections.abc import Callable, Iterable

from shared.events.broker import Acked, Broker, Member
from shared.events.record import Record, StoredRecord, TopicPartition

#: No condition of this suite takes so long unless it never comes.
DEADLINE = 45.0

#: Where a service stands, as its database would say: shared by all its readers.
Positions = dict[TopicPartition, int]


class Reader:
    """Polls one member, keeps the positions and holds the broker to the protocol."""

    def __init__(self, member: Member, positions: Positions) -> None:
        """Read with `member`, going on from `positions`, which other readers move too."""
        self.member = member
        self.positions = positions
        self.places: set[TopicPartition] = set()
        self.records: list[StoredRecord] = []
        self.revoked: list[TopicPartition] = []

    def step(self, *, timeout: float = 0.05, limit: int = 100) -> None:
        """One poll: seek what is new, and take the records if they join on to what was read."""
        polled = self.member.poll(timeout=timeout, limit=limit)
        self.revoked.extend(polled.revoked)
        assert polled.revoked <= self.places
        self.places -= polled.revoked
        assert not polled.assigned & self.places
        self.places |= polled.assigned
        for place in polled.assigned:
            self.member.seek(place, self.positions.setdefault(place, 0))
        assert sum(len(stretch.records) for stretch in polled.stretches) <= limit
        for stretch in polled.stretches:
            assert stretch.place in self.places
            assert stretch.start == self.positions[stretch.place]
            offsets = [record.offset for record in stretch.records]
            assert offsets == sorted(set(offsets))
            assert all(stretch.start <= offset < stretch.end for offset in offsets)
            self.positions[stretch.place] = stretch.end
            self.records.extend(stretch.records)

    @property
    def values(self) -> list[bytes | None]:
        """What was read, in the order of reading."""
        return [record.value for record in self.records]


def until(condition: Callable[[], bool], *, stepping: Iterable[Reader] = (), what: str) -> None:
    """Let the readers poll in turn until `condition` holds; fail, saying `what`, when it never does."""
    readers = list(stepping)
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, f"It never came about that {what}."
        for reader in readers:
            reader.step()
        if not readers:
            time.sleep(0.02)


def record(topic: str, key: str, value: str) -> Record:
    """A record of texts."""
    return Record(topic=topic, key=key.encode(), value=value.encode())


def publish(broker: Broker, records: list[Record]) -> list[Acked]:
    """Publish what must succeed; a topic that was made a moment ago may have no leader yet, and takes nothing then."""
    deadline = time.monotonic() + DEADLINE
    answers = broker.publish(records)
    while not any(isinstance(answer, Acked) for answer in answers) and time.monotonic() < deadline:
        time.sleep(0.1)
        answers = broker.publish(records)
    acked = [answer for answer in answers if isinstance(answer, Acked)]
    assert acked == answers, [answer.reason for answer in answers if not isinstance(answer, Acked)]
    return acked


def everything(broker: Broker, topic: str) -> list[StoredRecord]:
    """All that a topic holds, partition by partition."""
    found: list[StoredRecord] = []
    for partition, span in sorted(broker.describe([topic])[topic].spans.items()):
        start = span.start
        while start < span.end:
            stretch = broker.read(topic, partition, start=start, limit=500)
            assert stretch.start == start
            found.extend(stretch.records)
            start = stretch.end
    return found


def per_key(records: Iterable[StoredRecord]) -> dict[bytes | None, list[bytes | None]]:
    """The values of each key, in the order given."""
    found: dict[bytes | None, list[bytes | None]] = {}
    for one in records:
        found.setdefault(one.key, []).append(one.value)
    return found
