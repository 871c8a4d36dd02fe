"""Fixtures: an exchange service with schools and people."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.exchange.app import service
from tests.builders import House, house
from tests.databases import postgres_database
from tests.services.exchange.office import furnished


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        yield furnished(made)


@pytest.fixture(params=["sqlite", "postgres"])
def either_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """On each of the databases that we promise."""
    if request.param == "sqlite":
        yield request.getfixturevalue("office")
        return
    with (
        postgres_database(request.getfixturevalue("postgres_server"), of=service.package) as database,
        house(service, tmp_path, database=database) as made,
    ):
        yield furnished(made)
