from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from shared.db.engine import write_engine
from shared.db.migrations import migrate, pending
from shared.errors import Refusal

OURS, ANOTHERS = "services.scheduling", "services.directory"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = write_engine(f"sqlite:///{tmp_path / 'scheduling.db'}")
    yield made
    made.dispose()


def test_a_database_is_brought_to_the_newest_revision_once(engine: Engine) -> None:
    lacking = pending(engine, OURS)

    assert len(migrate(engine, OURS)) == len(lacking) > 0
    assert (migrate(engine, OURS), pending(engine, OURS)) == ([], [])


def test_another_services_database_is_refused_and_left_as_it_was(engine: Engine) -> None:
    migrate(engine, ANOTHERS)
    before = set(sa.inspect(engine).get_table_names())

    for attempt in (migrate, pending):
        with pytest.raises(Refusal, match=r"belongs to services\.directory, not to services\.scheduling"):
            attempt(engine, OURS)
    assert set(sa.inspect(engine).get_table_names()) == before
    assert migrate(engine, ANOTHERS) == []


@pytest.mark.parametrize("table", ["alembic_version", "alembic_version_spine"])
def test_a_release_that_was_rolled_back_runs_on_the_newer_database(engine: Engine, table: str) -> None:
    migrate(engine, OURS)
    newer = sa.table(table, sa.column("version_num"))
    with engine.begin() as connection:
        connection.execute(sa.update(newer).values(version_num="9999"))

    assert (migrate(engine, OURS), pending(engine, OURS)) == ([], [])
    with engine.connect() as connection:
        assert connection.scalar(sa.select(newer.c.version_num)) == "9999"
