"""The toy service on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.toys import app as toys
from tests.databases import postgres_database
from tests.events.standing import Standing, standing


@pytest.fixture(params=["sqlite", "postgresql"])
def toy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Standing]:
    toys.failing.clear()
    toys.failing.add(toys.BROKEN)
    if request.param == "sqlite":
        with standing(tmp_path) as here:
            yield here
        return
    server = request.getfixturevalue("postgres_server")
    with postgres_database(server, of="tests.cli.toys") as url, standing(tmp_path, database=url) as here:
        yield here
