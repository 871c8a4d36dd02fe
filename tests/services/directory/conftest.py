"""directory on SQLite with its demonstration; and without, on either database."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from services.directory.app import service
from services.directory.demonstration import demonstrate
from tests.builders import House, house
from tests.databases import postgres_database


@dataclass(frozen=True)
class Furnished:
    """The demonstration as a file, which each test gets a copy of, and the key that its services know."""

    file: bytes
    key: OKPKey


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    data = tmp_path_factory.mktemp("furnished")
    with house(service, data) as made:
        made.database.run(demonstrate, actor=service.actor)
    return Furnished((data / "directory.db").read_bytes(), made.key)


@pytest.fixture
def directory(furnished: Furnished, tmp_path: Path) -> Iterator[House]:
    (tmp_path / "directory.db").write_bytes(furnished.file)
    with house(service, tmp_path, key=furnished.key) as made:
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
