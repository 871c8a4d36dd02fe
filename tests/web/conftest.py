"""A service with routes that do what a test wants to see answered."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.exchange.app import service
from tests.builders import House, house
from tests.web import routes


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[House]:
    with house(replace(service, blueprints=lambda: [routes.pages(), routes.api()]), tmp_path) as made:
        yield made
