"""Databases of tests: new ones, copied from one that was migrated once in this process."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from shared.db.engine import is_sqlite, write_engine
from shared.db.migrations import migrate

#: Databases that were copied from a migrated one.
_READY: set[str] = set()


@contextmanager
def postgres_database(server: str, *, of: str = "") -> Iterator[str]:
    """The URL of a new database on the server, dropped afterwards. of: a service's package; its migrations have run."""
    name, url = f"test_{uuid4().hex}", ""
    _tell(server, f"CREATE DATABASE {name}" + (f" TEMPLATE {_template(server, of)}" if of else ""))
    try:
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        if of:
            _READY.add(url)
        yield url
    finally:
        _tell(server, f"DROP DATABASE {name} WITH (FORCE)")


def migrated(url: str, package: str) -> None:
    """Let the database have the tables of that service: a file that is not there yet becomes a copy."""
    file = Path(make_url(url).database or "")
    if is_sqlite(url) and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_file(package))
    elif url not in _READY:
        _migrate(url, package)


@cache
def _file(package: str) -> bytes:
    with TemporaryDirectory() as directory:
        file = Path(directory) / "template.db"
        _migrate(f"sqlite:///{file}", package)
        return file.read_bytes()


@cache
def _template(server: str, package: str) -> str:
    name = f"template_{uuid4().hex}"
    _tell(server, f"CREATE DATABASE {name}")
    atexit.register(_drop, server, name)
    _migrate(make_url(server).set(database=name).render_as_string(hide_password=False), package)
    return name


def _drop(server: str, name: str) -> None:
    with suppress(SQLAlchemyError):  # where the server was ours, it is gone by now, and the template with it
        _tell(server, f"DROP DATABASE {name} WITH (FORCE)")


def _migrate(url: str, package: str) -> None:
    engine = write_engine(url)
    try:
        migrate(engine, package)
    finally:
        engine.dispose()


def _tell(server: str, statement: str) -> None:
    with _admin(server).connect() as connection:
        connection.execute(sa.text(statement))


@cache
def _admin(server: str) -> sa.Engine:
    return sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
