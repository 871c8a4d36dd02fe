"""notifications with three schools in its copy of the roster, on both databases."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.notifications.app import service
from tests.builders import House, house, three_schools
from tests.databases import postgres_database


@pytest.fixture(params=["sqlite", "postgres"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        url = ""
        if request.param == "postgres":
            url = stack.enter_context(
                postgres_database(request.getfixturevalue("postgres_server"), of=service.package)
            )
        made = stack.enter_context(house(service, tmp_path, database=url))
        made.hear(*three_schools())
        yield made


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    """notifications on SQLite, at this very moment: the library looks at the clock."""
    with ExitStack() as stack:
        made = stack.enter_context(house(service, tmp_path))
        made.clock.now = datetime.now(UTC)
        yield made
