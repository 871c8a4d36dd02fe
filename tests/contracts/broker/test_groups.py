"""Groups: members join, leave and crash, and every record comes to one of them."""

import multiprocessing
import time
from contextlib import suppress
from multiprocessing.connection import Connection

from shared.events.broker import Broker, BrokerUnavailable
from shared.events.record import TopicPartition
from tests.contracts.broker.ground import Ground, fresh_topic
from tests.contracts.broker.readers import Reader, everything, per_key, publish, record, until


def test_each_group_reads_everything_in_order(broker: Broker) -> None:
    topic = fresh_topic()
    broker.apply([topic])
    readers = [Reader(broker.join(group=f"{topic.name}.{n}", topics=[topic.name]), {}) for n in range(2)]
    records = [record(topic.name, f"key {n % 5}", f"{n}") for n in range(250)]
    publish(broker, records[:100])
    until(lambda: any(reader.records for reader in readers), stepping=readers, what="something is read")
    publish(broker, records[100:])

    until(
        lambda: all(len(reader.records) >= 250 for reader in readers), stepping=readers, what="both read all"
    )

    for reader in readers:
        assert per_key(reader.records) == per_key(everything(broker, topic.name))
        reader.member.close()


def test_members_share_hand_over_and_lose_nothing(broker: Broker) -> None:
    topic = fresh_topic(partitions=4)
    broker.apply([topic])
    positions: dict[TopicPartition, int] = {}
    sent = 0

    def more() -> None:
        nonlocal sent
        publish(broker, [record(topic.name, f"key {n % 9}", f"{n}") for n in range(sent, sent + 40)])
        sent += 40

    def read() -> list[bytes | None]:
        return sorted(
            (value for reader in (first, second) for value in reader.values), key=lambda one: int(one or b"")
        )

    first = Reader(broker.join(group=topic.name, topics=[topic.name]), positions)
    more()
    until(lambda: len(first.places) == 4, stepping=[first], what="the first member has all")
    second = Reader(broker.join(group=topic.name, topics=[topic.name]), positions)
    both = [first, second]
    more()
    until(lambda: len(first.places) == len(second.places) == 2, stepping=both, what="they share evenly")
    assert not first.places & second.places
    more()
    until(lambda: len(read()) >= sent, stepping=both, what="all is read by the two")
    first.member.close()
    more()
    until(
        lambda: len(second.places) == 4 and len(read()) >= sent,
        stepping=[second],
        what="the second took over",
    )

    # Readers share their positions as a service's members share its database: nothing lost, nothing twice.
    assert read() == [f"{n}".encode() for n in range(sent)]
    second.member.close()


def test_a_crashed_member_is_replaced_and_its_work_done_again_from_the_last_position(ground: Ground) -> None:
    topic = fresh_topic()
    with ground.open() as broker:
        broker.apply([topic])
        publish(broker, [record(topic.name, f"key {n}", f"{n}") for n in range(30)])
        here, there = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        crashing = context.Process(target=_read_and_hang, args=(ground, topic.name, 30, there))
        crashing.start()
        assert here.recv() == "read all"
        crashing.kill()
        crashing.join()

        # It had read everything, but its positions were never stored.
        reader = Reader(broker.join(group=topic.name, topics=[topic.name]), {})
        until(lambda: len(reader.records) == 30, stepping=[reader], what="the next member does it again")
        assert per_key(reader.records) == per_key(everything(broker, topic.name))
        reader.member.close()


def test_seek_goes_back_and_forth(broker: Broker) -> None:
    topic = fresh_topic(partitions=1)
    broker.apply([topic])
    publish(broker, [record(topic.name, "a", f"{n}") for n in range(10)])
    place = TopicPartition(topic.name, 0)
    reader = Reader(broker.join(group=topic.name, topics=[topic.name]), {place: 6})
    until(lambda: len(reader.records) == 4, stepping=[reader], what="it starts where it stood")

    reader.member.seek(place, 2)
    reader.positions[place] = 2
    until(lambda: len(reader.records) == 12, stepping=[reader], what="it reads again")

    assert reader.values == [f"{n}".encode() for n in (*range(6, 10), *range(2, 10))]
    reader.member.seek(TopicPartition(topic.name, 5), 0)
    reader.member.close()


def test_a_paused_partition_is_silent_and_stays(broker: Broker) -> None:
    topic = fresh_topic(partitions=2)
    broker.apply([topic])
    reader = Reader(broker.join(group=topic.name, topics=[topic.name]), {})
    until(lambda: len(reader.places) == 2, stepping=[reader], what="it has both")
    paused = TopicPartition(topic.name, 0)
    reader.member.pause([paused])
    sent = [ack.place for ack in publish(broker, [record(topic.name, f"{n}", f"{n}") for n in range(40)])]
    until(
        lambda: len(reader.records) == sent.count(TopicPartition(topic.name, 1)),
        stepping=[reader],
        what="the other one is read",
    )
    for _ in range(5):
        reader.step()
    assert {one.place for one in reader.records} == {TopicPartition(topic.name, 1)}

    reader.member.resume([paused])
    until(lambda: len(reader.records) == 40, stepping=[reader], what="the paused one is read on")

    assert reader.revoked == []
    reader.member.close()


def test_a_topic_that_comes_later_is_waited_for(broker: Broker) -> None:
    topic = fresh_topic()
    reader = Reader(broker.join(group=topic.name, topics=[topic.name]), {})
    reader.step()
    broker.apply([topic])
    publish(broker, [record(topic.name, "a", "1")])

    until(lambda: reader.values == [b"1"], stepping=[reader], what="the late topic is read")
    reader.member.close()


def test_a_topic_made_anew_is_given_again(broker: Broker, ground: Ground) -> None:
    topic = fresh_topic(partitions=1)
    broker.apply([topic])
    place = TopicPartition(topic.name, 0)
    publish(broker, [record(topic.name, "a", f"old {n}") for n in range(5)])
    reader = Reader(broker.join(group=topic.name, topics=[topic.name]), {})
    until(lambda: len(reader.records) == 5, stepping=[reader], what="the first one is read")

    ground.delete_topic(topic.name)
    until(lambda: not broker.describe([topic.name]), what="the topic is gone")
    broker.apply([topic])
    reader.positions.clear()
    until(lambda: reader.revoked == [place], stepping=[reader], what="the member learns of it")
    until(lambda: _published(broker, topic.name), what="the new one takes records")

    until(lambda: reader.values[5:] == [b"new"], stepping=[reader], what="the new one is read from its start")
    reader.member.close()


def test_records_deleted_unread_are_told_not_skipped(broker: Broker) -> None:
    topic = fresh_topic(partitions=1)
    broker.apply([topic])
    place = TopicPartition(topic.name, 0)
    reader = Reader(broker.join(group=topic.name, topics=[topic.name]), {})
    until(lambda: reader.places == {place}, stepping=[reader], what="it has the partition")
    reader.member.pause([place])
    publish(broker, [record(topic.name, "a", f"{n}") for n in range(10)])
    broker.delete_records({place: 6})
    reader.member.resume([place])
    reader.positions[place] = 6

    until(lambda: len(reader.records) == 4, stepping=[reader], what="what is left is read")

    assert reader.revoked == [place]
    assert [one.offset for one in reader.records] == [6, 7, 8, 9]
    reader.member.close()


def test_a_member_goes_on_when_the_broker_is_back(shaky_ground: Ground) -> None:
    topic = fresh_topic()
    with shaky_ground.open() as broker:
        broker.apply([topic])
        publish(broker, [record(topic.name, "a", "before")])
        reader = Reader(broker.join(group=topic.name, topics=[topic.name]), {})
        until(lambda: reader.values == [b"before"], stepping=[reader], what="it reads")
        shaky_ground.take_away()

        until(lambda: _is_away(reader), what="the member notices")
        shaky_ground.bring_back()
        until(lambda: _published(broker, topic.name), what="publishing works again")

        until(lambda: _steps(reader) and reader.values == [b"before", b"new"], what="it reads on")
        reader.member.close()


def _read_and_hang(ground: Ground, topic: str, count: int, parent: Connection) -> None:
    """In a process of its own: read `count` records, say so, and keep the partitions until killed."""
    reader = Reader(ground.open().join(group=topic, topics=[topic]), {})
    until(lambda: len(reader.records) == count, stepping=[reader], what="all is read")
    parent.send("read all")
    while True:
        reader.step()
        time.sleep(0.05)


def _published(broker: Broker, topic: str) -> bool:
    (answer,) = broker.publish([record(topic, "a", "new")])
    return not hasattr(answer, "reason")


def _is_away(reader: Reader) -> bool:
    try:
        reader.step()
    except BrokerUnavailable:
        return True
    return False


def _steps(reader: Reader) -> bool:
    with suppress(BrokerUnavailable):
        reader.step()
    return True
