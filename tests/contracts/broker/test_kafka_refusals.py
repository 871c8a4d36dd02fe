"""A Kafka that answers and will not do is told from one that is away. What only rules can refuse: tests/deploy/test_secure.py."""

import pytest

from shared.events.broker import BrokerUnavailable
from shared.events.opening import open_broker
from tests.contracts.broker.ground import fresh_topic
from tests.contracts.broker.older import older


def test_one_that_is_too_old_is_named_with_its_release_whatever_is_asked(kafka_server: str) -> None:
    with older(kafka_server, (2, 7)) as server, open_broker(f"kafka:{server}") as broker:
        for call in (
            broker.ping,
            lambda: broker.describe(["suite.any"]),
            lambda: broker.apply([fresh_topic()]),
            lambda: broker.join(group="g", topics=["suite.any"]),
        ):
            with pytest.raises(BrokerUnavailable) as refused:
                call()
            assert str(refused.value) == (
                f"Apache Kafka at {server} is of release 2.7, which is too old: Tongxing needs 2.8 or newer."
                " Upgrade it, or name another one in TONGXING_BROKER."
            )


def test_the_oldest_that_will_do_does(kafka_server: str) -> None:
    topic = fresh_topic()
    with older(kafka_server, (2, 8)) as server, open_broker(f"kafka:{server}") as broker:
        broker.apply([topic])
        assert broker.describe([topic.name]).keys() == {topic.name}


def test_one_where_nobody_signs_in_refuses_a_name(kafka_server: str) -> None:
    options = {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "scheduling",
        "sasl_plain_password": "made-up-and-wrong",
    }
    with (
        open_broker(f"kafka:{kafka_server}", options=options) as broker,
        pytest.raises(
            BrokerUnavailable, match=r"refuses us: .*Put name, password and mechanism in TONGXING_KAFKA right"
        ),
    ):
        broker.ping()
