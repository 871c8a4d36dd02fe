"""directory on SQLite with its demonstration; and without, on either database."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.directory.app import service
from services.directory.demonstration import demonstrate
from tests.builders import House, house
from tests.databases import postgres_database


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        made.database.run(demonstrate, actor=service.actor)
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        url = ""
        if request.param == "postgres":
            url = stack.enter_context(
                postgres_database(request.getfixturevalue("postgres_server"), of=service.package)
            )
        yield stack.enter_context(house(service, tmp_path, database=url))
