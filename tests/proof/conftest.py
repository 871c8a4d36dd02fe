"""The pairs of infrastructure on which the proof runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.ground import EmbeddedPair, Pair, RealPair


@pytest.fixture(params=["embedded", "real"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """SQLite with the embedded broker, then PostgreSQL with Apache Kafka; empty, migrated, with topics."""
    if request.param == "embedded":
        opened: Pair = EmbeddedPair(tmp_path)
    else:
        opened = RealPair(request.getfixturevalue("postgres_server"), request.getfixturevalue("kafka_server"))
    opened.open()
    yield opened
    opened.close()
