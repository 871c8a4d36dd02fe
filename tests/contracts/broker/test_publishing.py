"""`Broker.publish`: what is acked lies there, in order; what failed never comes later."""

import threading
import time

from shared.events.broker import Acked, Broker, Failed
from shared.events.record import MAX_RECORD_BYTES, Record, StoredRecord
from tests.contracts.broker.ground import Ground, fresh_topic
from tests.contracts.broker.readers import DEADLINE, everything, per_key, publish, record, until


def test_what_is_acked_lies_there_as_it_was_sent(broker: Broker) -> None:
    topic = fresh_topic()
    broker.apply([topic])
    sent = [
        Record(topic=topic.name, key=b"a", value=b"1", headers=(("ce_id", b"x"), ("ce_id", b"twice"))),
        Record(topic=topic.name, key=b"a", value=b""),
        Record(topic=topic.name, key="同行".encode(), value=b"\x00\xff"),
    ]

    acked = publish(broker, sent)

    assert sorted(everything(broker, topic.name), key=lambda one: (one.partition, one.offset)) == sorted(
        (
            StoredRecord(
                topic=topic.name,
                partition=ack.place.partition,
                offset=ack.offset,
                key=one.key,
                value=one.value,
                headers=one.headers,
            )
            for one, ack in zip(sent, acked, strict=True)
        ),
        key=lambda one: (one.partition, one.offset),
    )
    assert broker.publish([]) == []


def test_order_per_key_over_many_batches(broker: Broker) -> None:
    topic = fresh_topic()
    broker.apply([topic])
    expected: dict[bytes | None, list[bytes | None]] = {}
    for batch in range(5):
        records = [record(topic.name, f"key {n % 7}", f"{batch}/{n}") for n in range(200)]
        publish(broker, records)
        for one in records:
            expected.setdefault(one.key, []).append(one.value)

    assert per_key(everything(broker, topic.name)) == expected


def test_threads_that_publish_at_once_lose_nothing_and_keep_their_order(broker: Broker) -> None:
    topic = fresh_topic()
    broker.apply([topic])
    writers = [
        threading.Thread(
            target=lambda name=name: [
                publish(broker, [record(topic.name, name, f"{batch}/{n}") for n in range(20)])
                for batch in range(10)
            ]
        )
        for name in ("left", "right")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    one = [f"{batch}/{n}".encode() for batch in range(10) for n in range(20)]
    assert per_key(everything(broker, topic.name)) == {b"left": one, b"right": one}


def test_a_record_over_the_limit_holds_back_its_key_and_no_other(broker: Broker) -> None:
    topic = fresh_topic()
    broker.apply([topic])
    largest = Record(topic=topic.name, key=b"a", value=b"x" * (MAX_RECORD_BYTES - 1))
    too_large = Record(topic=topic.name, key=b"a", value=b"x" * MAX_RECORD_BYTES)

    answers = broker.publish(
        [largest, too_large, record(topic.name, "a", "follows"), record(topic.name, "b", "other")]
    )

    assert [type(answer) for answer in answers] == [Acked, Failed, Failed, Acked]
    assert [answer.own_fault for answer in answers if isinstance(answer, Failed)] == [True, False]
    assert per_key(everything(broker, topic.name)) == {b"a": [largest.value], b"b": [b"other"]}


def test_a_missing_topic_fails_its_own_records_and_is_not_made(broker: Broker) -> None:
    there, missing = fresh_topic(), fresh_topic()
    broker.apply([there])

    answers = broker.publish(
        [record(missing.name, "a", "1"), record(there.name, "a", "2"), record(missing.name, "a", "3")]
    )

    assert [type(answer) for answer in answers] == [Failed, Acked, Failed]
    assert [answer.own_fault for answer in answers if isinstance(answer, Failed)] == [True, False]
    assert broker.describe([missing.name, there.name]).keys() == {there.name}


def test_away_and_back(shaky_ground: Ground) -> None:
    topic = fresh_topic()
    with shaky_ground.open() as broker:
        broker.apply([topic])
        publish(broker, [record(topic.name, "a", "before")])
        shaky_ground.take_away()
        away = [record(topic.name, f"key {n % 3}", f"{n}") for n in range(30)]

        started = time.monotonic()
        answers = [*broker.publish(away), *broker.publish(away)]

        assert time.monotonic() - started < 20
        assert {(type(answer), answer.own_fault) for answer in answers if isinstance(answer, Failed)} == {
            (Failed, False)
        }
        assert len([answer for answer in answers if isinstance(answer, Failed)]) == len(answers)
        shaky_ground.bring_back()
        until(
            lambda: isinstance(broker.publish([record(topic.name, "a", "back")])[0], Acked),
            what="it works again",
        )
        publish(broker, [record(topic.name, "a", "last")])

        # Nothing that failed came late.
        assert per_key(everything(broker, topic.name)) == {b"a": [b"before", b"back", b"last"]}


def test_sending_again_from_the_first_failure_keeps_the_order_whenever_the_broker_vanishes(
    shaky_ground: Ground,
) -> None:
    topic = fresh_topic()
    left = [record(topic.name, f"key {n % 5}", f"{n:05}") for n in range(4000)]
    expected = per_key(_as_stored(left))
    with shaky_ground.open() as broker:
        broker.apply([topic])
        publish(broker, left[:500])
        left = left[500:]
        # The door shuts while the batch is under way: how much of it arrives is chance, the order is not.
        shutting = threading.Timer(0.03, shaky_ground.take_away)
        shutting.start()
        left = _unacked(left, broker.publish(left))
        shutting.join()
        shaky_ground.bring_back()
        deadline = time.monotonic() + DEADLINE
        while left:
            assert time.monotonic() < deadline
            left = _unacked(left, broker.publish(left))

        found = per_key(everything(broker, topic.name))
    # What was under way may have come twice; first occurrences are in order and complete.
    assert {key: list(dict.fromkeys(values)) for key, values in found.items()} == expected


def _unacked(records: list[Record], answers: list[Acked | Failed]) -> list[Record]:
    return [one for one, answer in zip(records, answers, strict=True) if isinstance(answer, Failed)]


def _as_stored(records: list[Record]) -> list[StoredRecord]:
    return [
        StoredRecord(topic=one.topic, partition=0, offset=n, key=one.key, value=one.value)
        for n, one in enumerate(records)
    ]
