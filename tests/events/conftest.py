"""The toy service on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.toys import app as toys
from tests.events.standing import Standing, database_on, standing


@pytest.fixture(params=["sqlite", "postgresql"])
def toy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Standing]:
    toys.failing.clear()
    toys.failing.add(toys.BROKEN)
    if request.param == "sqlite":
        with standing(tmp_path) as here:
            yield here
        return
    server = request.getfixturevalue("postgres_server")
    with database_on(server, f"toys_{uuid4().hex}") as url, standing(tmp_path, database=url) as here:
        yield here
