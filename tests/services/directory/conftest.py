"""directory with its demonstration's schools, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.directory.app import service
from services.directory.demonstration import demonstrate
from tests.builders import House, house, postgres_database


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        made.database.run(demonstrate, actor="service:directory")
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    if request.param == "sqlite":
        with house(service, tmp_path) as made:
            yield made
        return
    with (
        postgres_database(request.getfixturevalue("postgres_server")) as url,
        house(service, tmp_path, database=url) as made,
    ):
        yield made
