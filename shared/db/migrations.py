"""Migrations: two Alembic trees in every service's database.

`spine` holds the tables that `shared` brings (outbox, inbox, …), then the service's own tree follows; each has
a version table of its own, so that `shared` and the service can be upgraded one after the other.

A release that is rolled back meets a database that is newer than itself; it leaves that as it is and runs on it,
because migrations expand first and contract a release later (docs/operations.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from shared.errors import Refusal
from shared.text import Sentence

#: Any number, the same everywhere: whoever migrates a PostgreSQL database holds this advisory lock.
_ADVISORY_LOCK = 7_310_866


#: Whose database it is: one row, written with the first migration.
_OWNER = sa.table("database_owner", sa.column("id", sa.Integer), sa.column("package", sa.Text))


@dataclass(frozen=True, slots=True)
class Tree:
    """One line of migrations: where its scripts lie and where a database notes how far it has come."""

    name: str
    version_table: str
    versions: Path

    def scripts(self) -> ScriptDirectory:
        """The tree's revisions."""
        config = Config()
        config.set_main_option("script_location", str(files("shared.db") / "alembic"))
        config.set_main_option("version_locations", str(self.versions).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        return ScriptDirectory.from_config(config)


def trees(package: str) -> tuple[Tree, ...]:
    """The trees of the service in `package`, in the order in which they run."""
    return (
        Tree("spine", "alembic_version_spine", Path(str(files("shared.db") / "spine"))),
        Tree(package, "alembic_version", Path(str(files(package) / "migrations"))),
    )


def migrate(engine: Engine, package: str) -> list[str]:
    """Bring the database to the newest revision; answers what was done, a sentence a step.

    Several processes may start at once: one migrates and the others wait for it, then find nothing to do.
    It is one transaction: killed halfway, nothing of it happened. Raises Refusal where the database is
    another service's.
    """
    done: list[str] = []
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE is the lock
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        owner = _insist_on_owner(connection, package)
        for tree in trees(package):
            done += _upgrade(connection, tree)
        if owner is None:
            connection.execute(sa.insert(_OWNER).values(id=1, package=package))
    return done


def pending(engine: Engine, package: str) -> list[str]:
    """The revisions that the database lacks, oldest first; empty where it is up to date or newer than we are.

    Raises Refusal where the database is another service's.
    """
    lacking: list[str] = []
    with engine.connect() as connection:
        _insist_on_owner(connection, package)
        for tree in trees(package):
            scripts = tree.scripts()
            context = MigrationContext.configure(connection, opts={"version_table": tree.version_table})
            if _is_newer(scripts, context.get_current_heads()):
                continue
            applied = {
                revision.revision
                for head in context.get_current_heads()
                for revision in scripts.iterate_revisions(head, "base")
            }
            every = [script.revision for script in scripts.walk_revisions()]
            lacking += [f"{tree.name} {revision}" for revision in reversed(every) if revision not in applied]
    return lacking


def _insist_on_owner(connection: Connection, package: str) -> str | None:
    """Whose database it is; None where nobody's yet. Raises Refusal where it is not `package`'s."""
    if not sa.inspect(connection).has_table(_OWNER.name):
        return None
    owner = connection.scalar(sa.select(_OWNER.c.package))
    if owner not in {None, package}:
        raise Refusal(
            Sentence(
                zh=f"这个数据库属于 {owner}，不属于 {package}。请修正 TONGXING_DATABASE；数据未作改动。",
                en=f"This database belongs to {owner}, not to {package}: put TONGXING_DATABASE right. Nothing was changed.",
            )
        )
    return owner


def _is_newer(scripts: ScriptDirectory, heads: Iterable[str]) -> bool:
    """Whether a later release than this one has migrated: the database is at a revision that we do not know."""
    known = {script.revision for script in scripts.walk_revisions()}
    return not known.issuperset(heads)


def _upgrade(connection: Connection, tree: Tree) -> list[str]:
    scripts = tree.scripts()
    done: list[str] = []

    def steps(current: Iterable[str], _context: MigrationContext) -> list[RevisionStep]:
        if _is_newer(scripts, current):
            return []
        found: list[RevisionStep] = scripts._upgrade_revs("heads", current)  # type: ignore[arg-type]  # noqa: SLF001  what Alembic's own `upgrade` command calls
        done.extend(f"{tree.name}: {step.to_revisions[0]}" for step in found)
        return found

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(
            connection=connection, version_table=tree.version_table, transactional_ddl=False
        )
        environment.run_migrations()
    return done
