"""Engines: how this process talks to SQLite and PostgreSQL.

On SQLite a writer announces itself at BEGIN (IMMEDIATE): two deferred transactions that read and then
write would fail each other halfway. Readers use an engine of their own that begins deferred and may not
write, so that pages never wait for writers (WAL).
"""

import sqlite3
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

#: Milliseconds that a SQLite writer waits for another before it reports "database is locked".
BUSY_TIMEOUT_MS = 5_000


def write_engine(url: str) -> Engine:
    """The engine for transactions that change something."""
    return _sqlite(url, writes=True) if is_sqlite(url) else _postgresql(url)


def read_engine(url: str) -> Engine:
    """The engine for reads; a write through it fails."""
    if is_sqlite(url):
        return _sqlite(url, writes=False)
    return _postgresql(url).execution_options(postgresql_readonly=True)


def is_sqlite(url: str) -> bool:
    """Whether the URL means a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


class _BinaryCursor(psycopg.Cursor[Any]):
    """Lets PostgreSQL answer in binary: bytes then travel as they are, not as twice as many hex digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  psycopg's own signature
        super().__init__(*args, **kwargs)
        self.format = psycopg.pq.Format.BINARY


def _postgresql(url: str) -> Engine:
    # pre_ping: after a restart of the server the pool holds dead connections; better one round trip
    # than one error page each.
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=15,
        connect_args={"connect_timeout": 5, "cursor_factory": _BinaryCursor},
    )


def _sqlite(url: str, *, writes: bool) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction handling skips BEGIN before a SELECT; ours never does.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",  # a commit that was answered survives a power cut
            "foreign_keys = ON",
            "query_only = OFF" if writes else "query_only = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")

    return engine
