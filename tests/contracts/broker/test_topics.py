"""Topics: made as declared, described, cut, compacted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.events.broker import Broker, BrokerUnavailable, Span, TopicMismatch
from shared.events.record import Stretch, TopicPartition
from tests.contracts.broker.ground import Ground, fresh_topic
from tests.contracts.broker.readers import Reader, everything, per_key, publish, record, until


def test_apply_makes_and_changes_only_what_is_declared_otherwise(broker: Broker) -> None:
    topic = fresh_topic(partitions=2)
    longer = replace(topic, retention=timedelta(days=3))

    assert broker.describe([topic.name]) == {}
    assert len(broker.apply([topic])) == 1
    described = broker.describe([topic.name])
    assert described[topic.name].spans == {0: Span(0, 0), 1: Span(0, 0)}
    assert broker.apply([topic]) == []
    assert len(broker.apply([longer])) == 1
    assert broker.apply([longer]) == []
    assert broker.describe([topic.name]) == described


def test_partitions_never_change_and_then_nothing_else_does(broker: Broker) -> None:
    topic, other = fresh_topic(), fresh_topic()
    broker.apply([topic])

    with pytest.raises(TopicMismatch, match=topic.name):
        broker.apply([other, replace(topic, partitions=topic.partitions + 1)])

    assert broker.describe([topic.name, other.name]).keys() == {topic.name}


def test_a_topic_made_anew_has_another_identity(broker: Broker, ground: Ground) -> None:
    topic = fresh_topic()
    broker.apply([topic])
    before = broker.describe([topic.name])[topic.name].identity

    ground.delete_topic(topic.name)
    until(lambda: not broker.describe([topic.name]), what="the topic is gone")
    broker.apply([topic])

    assert broker.describe([topic.name])[topic.name].identity != before


def test_deleted_records_are_gone_and_the_start_has_moved(broker: Broker) -> None:
    topic = fresh_topic(partitions=1)
    broker.apply([topic])
    publish(broker, [record(topic.name, "a", f"{n}") for n in range(10)])
    place = TopicPartition(topic.name, 0)

    broker.delete_records({place: 4})

    assert broker.describe([topic.name])[topic.name].spans == {0: Span(4, 10)}
    assert [one.value for one in everything(broker, topic.name)] == [f"{n}".encode() for n in range(4, 10)]
    from_the_start = broker.read(topic.name, 0, start=0, limit=2)
    assert (from_the_start.start, from_the_start.end) == (0, 6)
    assert broker.read(topic.name, 0, start=10, limit=5) == Stretch(place, 10, 10)
    with pytest.raises(TopicMismatch):
        broker.read(topic.name, 1, start=0, limit=1)


def test_a_compacted_topic_loses_no_newest_record(broker: Broker) -> None:
    topic = fresh_topic(partitions=2, compacted=True)
    broker.apply([topic])
    for version in range(5):
        publish(broker, [record(topic.name, f"key {n}", f"{version}") for n in range(20)])

    broker.maintain(now=datetime.now(UTC) + timedelta(days=1000))

    found = per_key(everything(broker, topic.name))
    assert {key: values[-1] for key, values in found.items()} == {
        f"key {n}".encode(): b"4" for n in range(20)
    }
    with pytest.raises(TopicMismatch, match="compacted"):
        broker.delete_records({TopicPartition(topic.name, 0): 1})


def test_lag_is_what_is_described_less_what_is_committed(broker: Broker) -> None:
    topic = fresh_topic(partitions=1)
    broker.apply([topic])
    publish(broker, [record(topic.name, "a", f"{n}") for n in range(10)])
    place = TopicPartition(topic.name, 0)
    assert broker.committed(group=topic.name, topics=[topic.name]) == {}
    reader = Reader(broker.join(group=topic.name, topics=[topic.name]), {})
    until(lambda: len(reader.records) == 10, stepping=[reader], what="all is read")

    reader.member.commit({place: 7})
    until(
        lambda: broker.committed(group=topic.name, topics=[topic.name]) == {place: 7}, what="the commit shows"
    )
    reader.member.commit({place: 9})
    reader.member.close()

    (span,) = broker.describe([topic.name])[topic.name].spans.values()
    assert span.end - broker.committed(group=topic.name, topics=[topic.name])[place] == 1
    assert broker.committed(group=topic.name, topics=["suite.other"]) == {}


def test_a_broker_that_is_away_says_so_in_a_sentence(shaky_ground: Ground) -> None:
    with shaky_ground.open() as broker:
        broker.ping()
        shaky_ground.take_away()
        for call in (
            broker.ping,
            lambda: broker.describe(["suite.any"]),
            lambda: broker.join(group="g", topics=["suite.any"]),
        ):
            with pytest.raises(BrokerUnavailable, match=r"\.$"):
                call()
        shaky_ground.bring_back()
        until(lambda: _answers(broker), what="it answers again")


def _answers(broker: Broker) -> bool:
    try:
        broker.ping()
    except BrokerUnavailable:
        return False
    return True
