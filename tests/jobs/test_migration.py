"""The migration makes the very tables that the code declares."""

from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from shared.db import Database
from shared.db.base import NAMING
from shared.jobs.tables import jobs
from shared.worker.timers import timers


def test_the_migration_makes_what_is_declared(database: Database) -> None:
    declared = sa.MetaData(naming_convention=NAMING)
    for table in (jobs, timers):
        table.to_metadata(declared)
    # An engine of its own: SQLAlchemy reads PostgreSQL's catalogue as text, and ours asks for binary answers.
    database.close()
    with sa.create_engine(database.url, poolclass=sa.NullPool).begin() as connection:
        made = sa.MetaData()
        made.reflect(connection)
        made.drop_all(connection)
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        with Operations.context(context):
            upgrade()
        assert compare_metadata(context, declared) == []
        checks = [check["name"] for check in sa.inspect(connection).get_check_constraints("jobs")]
        assert checks == ["ck_jobs_state"]


def upgrade() -> None:
    config = Config()
    config.set_main_option("script_location", str(files("shared.db") / "alembic"))
    config.set_main_option("version_locations", str(Path(str(files("shared.db"))) / "spine"))
    config.set_main_option("path_separator", "newline")
    ScriptDirectory.from_config(config).get_revision("0003").module.upgrade()
