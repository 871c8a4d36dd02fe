"""The brokers that the suite runs on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.events.broker import Broker
from tests.contracts.broker.ground import EmbeddedGround, Ground, KafkaGround
from tests.contracts.broker.proxy import Proxy


@pytest.fixture(params=["embedded", "kafka"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    """Each broker in turn."""
    if request.param == "embedded":
        return _embedded(tmp_path)
    return KafkaGround(request.getfixturevalue("kafka_server"))


@pytest.fixture(params=["embedded", "kafka"])
def shaky_ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """Each broker in turn, in a form that can be taken away."""
    if request.param == "embedded":
        yield _embedded(tmp_path)
    else:
        proxy = Proxy()
        yield KafkaGround(request.getfixturevalue("kafka_server"), proxy)
        proxy.close()


@pytest.fixture
def broker(ground: Ground) -> Iterator[Broker]:
    """A connection to the broker under test."""
    with ground.open() as opened:
        yield opened


def _embedded(tmp_path: Path) -> EmbeddedGround:
    directory = tmp_path / "data"
    directory.mkdir()
    return EmbeddedGround(directory)
