"""Fixtures: a world of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.scheduling.app import service
from tests.databases import postgres_database
from tests.services.scheduling.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World.make(tmp_path)
    yield made
    made.runtime.close()


@pytest.fixture(params=["sqlite", "postgres"])
def either_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world on each of the databases that we promise."""
    if request.param == "sqlite":
        yield request.getfixturevalue("world")
        return
    with postgres_database(request.getfixturevalue("postgres_server"), of=service.package) as url:
        made = World.make(tmp_path, database=url)
        yield made
        made.runtime.close()
