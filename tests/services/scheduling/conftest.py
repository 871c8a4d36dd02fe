"""Fixtures: a world of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.scheduling.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World.make(tmp_path)
    yield made
    made.runtime.close()
