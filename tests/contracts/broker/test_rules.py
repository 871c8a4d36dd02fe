"""The pure rules under the brokers: which partition a key has, who reads which log, which URL is whose."""

from collections import Counter
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.events.embedded import EmbeddedBroker
from shared.events.embedded.balance import balanced
from shared.events.kafka import KafkaBroker
from shared.events.opening import open_broker
from shared.events.partitioning import partition_of

#: Of 6. They may never change: a key that moved would lose its order.
PARTITIONS = [0, 5, 4, 2]

MEMBERS = st.sets(st.sampled_from("abcde"))
LOGS = st.dictionaries(st.integers(0, 20), st.none() | st.sampled_from("abcdexyz"))


def test_keys_stay_in_the_partitions_that_they_have_always_had() -> None:
    keys = [b"", b"0", b"0197a000-0000-7000-8000-000000000001", "海西".encode()]

    assert [partition_of(key, partitions=6) for key in keys] == PARTITIONS


def test_keys_are_spread_over_all_partitions() -> None:
    counts = Counter(partition_of(str(uuid4()).encode(), partitions=6) for _ in range(6_000))

    assert all(800 < counts[partition] < 1_200 for partition in range(6))


@given(MEMBERS, LOGS)
def test_every_log_has_a_reader_and_no_member_two_more_than_another(
    members: set[str], held: dict[int, str | None]
) -> None:
    heirs = balanced(held=held, wanted={member: held.keys() for member in members})

    assert heirs.keys() == (held.keys() if members else set())
    loads = [list(heirs.values()).count(member) for member in members]
    assert max(loads, default=0) - min(loads, default=0) <= 1


@given(MEMBERS, LOGS)
def test_who_has_a_fair_share_keeps_it(members: set[str], held: dict[int, str | None]) -> None:
    heirs = balanced(held=held, wanted={member: held.keys() for member in members})

    for member in members:
        had = {log for log, holder in held.items() if holder == member}
        has = {log for log, heir in heirs.items() if heir == member}
        assert has <= had or had <= has
    assert balanced(held=heirs, wanted={member: held.keys() for member in members}) == heirs


def test_a_member_is_given_only_what_it_asked_for() -> None:
    assert balanced(held={1: None, 2: None, 3: "a"}, wanted={"a": {1, 2}, "b": {2}}) == {1: "a", 2: "b"}


def test_a_url_names_its_broker() -> None:
    with open_broker("embedded:/nowhere/broker.db") as embedded:
        assert isinstance(embedded, EmbeddedBroker)
    with open_broker("kafka:one:9092,two:9092", options={"linger_ms": "2", "publish_timeout": "7"}) as kafka:
        assert isinstance(kafka, KafkaBroker)


@pytest.mark.parametrize("url", ["", "embedded:", "kafka:", "kafka:host", "kafka:host:port", "rabbit:host:1"])
def test_a_url_that_means_nothing_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(Invalid, match="embedded:PATH"):
        open_broker(url)


@pytest.mark.parametrize("options", [{"lingerms": "2"}, {"publish_timeout": "soon"}])
def test_an_option_that_means_nothing_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        open_broker("kafka:host:9092", options=options)
