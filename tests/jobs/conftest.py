"""Every test of jobs runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.db import Database
from tests.jobs import databases
from tests.jobs.databases import Clock, clock_of


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = databases.sqlite(tmp_path)
    else:
        opened = databases.postgres(request.getfixturevalue("postgres_server"))
    with opened as prepared:
        yield prepared


@pytest.fixture
def clock(database: Database) -> Clock:
    return clock_of(database)
