"""A broker that can be told to misbehave, around a real one. What it may do is what its protocol allows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, cast

from shared.events.broker import Acked, Broker, BrokerUnavailable, Failed, Member, Polled, TopicInBroker
from shared.events.record import Record, Stretch, TopicPartition

#: What goes wrong with one publish. lost acks: all lies in the log, and nobody says so. half: only the first
#: half arrives. twice: the log has every record twice. refused: the first key of the batch is not taken.
PublishFault = Literal["lost acks", "half", "twice", "refused", "crash after send"]

Answers = list[Acked | Failed]


class Crash(BaseException):
    """The process is dead. No `except Exception` may live on."""


class FaultyBroker:
    """One process's connection to the broker, with the faults that a test has armed."""

    def __init__(self, broker: Broker, is_away: Callable[[], bool]) -> None:
        self._broker = broker
        self._is_away = is_away
        self.next_publish: PublishFault | None = None

    def publish(self, records: Sequence[Record]) -> Answers:
        if self._is_away():
            return _failed(records)
        fault, self.next_publish = self.next_publish, None
        if fault == "half":
            kept = len(records) // 2
            return self._broker.publish(records[:kept]) + _failed(records[kept:])
        if fault == "refused":
            return self._refusing(records)
        answers = self._broker.publish(records)
        if fault == "twice":
            answers = self._broker.publish(records)
        if fault == "crash after send":
            raise Crash(fault)
        return _failed(records) if fault == "lost acks" else answers

    def join(self, *, group: str, topics: Iterable[str]) -> Member:
        self._answers()
        return cast("Member", FaultyMember(self._broker.join(group=group, topics=topics), self._answers))

    def describe(self, topics: Iterable[str]) -> dict[str, TopicInBroker]:
        self._answers()
        return self._broker.describe(topics)

    def read(self, topic: str, partition: int, *, start: int, limit: int) -> Stretch:
        self._answers()
        return self._broker.read(topic, partition, start=start, limit=limit)

    def _refusing(self, records: Sequence[Record]) -> Answers:
        """Take everything but the records of the first one's key, as the protocol's order rule wants."""
        refused = (records[0].topic, records[0].key)
        taken = [record for record in records if (record.topic, record.key) != refused]
        answers = iter(self._broker.publish(taken))
        own = iter((True,))
        return [
            Failed("refused by the test", own_fault=next(own, False))
            if (record.topic, record.key) == refused
            else next(answers)
            for record in records
        ]

    def _answers(self) -> None:
        if self._is_away():
            raise BrokerUnavailable("taken away by the test")


class FaultyMember:
    """A member whose broker may be away."""

    def __init__(self, member: Member, answers: Callable[[], None]) -> None:
        self.inner = member
        self._answers = answers

    def poll(self, *, timeout: float, limit: int) -> Polled:
        self._answers()
        return self.inner.poll(timeout=timeout, limit=limit)

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.inner.seek(place, offset)

    def pause(self, places: Iterable[TopicPartition]) -> None:
        self.inner.pause(places)

    def resume(self, places: Iterable[TopicPartition]) -> None:
        self.inner.resume(places)

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        self.inner.commit(offsets)

    def close(self) -> None:
        self.inner.close()


def _failed(records: Sequence[Record]) -> Answers:
    return [Failed("taken away by the test", own_fault=False)] * len(records)
