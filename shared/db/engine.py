"""Engines: how this process talks to SQLite and PostgreSQL.

On SQLite a writer announces itself at BEGIN (IMMEDIATE): two deferred transactions that read and then
write would fail each other halfway. Readers use an engine of their own that begins deferred and may not
write, so that pages never wait for writers (WAL).
"""

import random
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

#: Milliseconds that a SQLite writer waits for another before it reports "database is locked".
BUSY_TIMEOUT_MS = 5_000

#: Seconds for which a pooled connection of PostgreSQL that was just used is taken to be alive.
_TRUSTED_FOR = 0.5
_RESTS_SINCE = "tongxing.rests_since"

#: Seconds between two tries for the writer's lock, at least and at most. SQLite's own waiting sleeps longer each
#: time, up to 100 ms: with three writers on one file whoever came late stayed late, for half a second.
_TRY_AGAIN = (0.0005, 0.002)


def write_engine(url: str) -> Engine:
    """The engine for transactions that change something."""
    return _sqlite(url, writes=True) if is_sqlite(url) else _postgresql(url)


def read_engine(url: str) -> Engine:
    """The engine for reads; a write through it fails."""
    if is_sqlite(url):
        return _sqlite(url, writes=False)
    # Each statement of a reader sees its own moment anyway (READ COMMITTED): without BEGIN and ROLLBACK a look that
    # finds nothing costs a third, and relay and consumer look many times a second.
    return _postgresql(
        url,
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
    )


def is_sqlite(url: str) -> bool:
    """Whether the URL means a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


class _BinaryCursor(psycopg.Cursor[Any]):
    """Lets PostgreSQL answer in binary: bytes then travel as they are, not as twice as many hex digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  psycopg's own signature
        super().__init__(*args, **kwargs)
        self.format = psycopg.pq.Format.BINARY


def _postgresql(url: str, *prepare: str, **options: Any) -> Engine:  # noqa: ANN401  SQLAlchemy's own
    engine = create_engine(
        url,
        **options,
        hide_parameters=True,
        pool_size=8,  # as many as a worker has threads: what lies beyond is opened anew each time, which costs ten claims
        max_overflow=12,
        connect_args={"connect_timeout": 5, "cursor_factory": _BinaryCursor},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: psycopg.Connection[Any], _record: object) -> None:
        # Compiling a page's query took the server 200 ms, where running it takes 10.
        for statement in ("SET jit = off", *prepare):
            connection.execute(statement)
        connection.commit()

    _ping_after_rest(engine)
    return engine


def _ping_after_rest(engine: Engine) -> None:
    """Ask a connection that has rested whether it lives, before anybody gets it.

    After a restart of the server the pool holds dead connections: better one round trip than one error page each.
    SQLAlchemy's own pre-ping asks each time, which relay and consumer, who come back within milliseconds, pay for.
    """

    @event.listens_for(engine, "checkin")
    def _rests(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_RESTS_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:  # noqa: ANN401  the driver's own
        since = record.info.get(_RESTS_SINCE)
        if since is None or time.monotonic() - since < _TRUSTED_FOR:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error


def _sqlite(url: str, *, writes: bool) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction handling skips BEGIN before a SELECT; ours never does.
        connection.isolation_level = None
        _in_turn(lambda: connection.execute("PRAGMA journal_mode = WAL"))
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "synchronous = FULL",  # a commit that was answered survives a power cut
            "foreign_keys = ON",
            "query_only = OFF" if writes else "query_only = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if writes:
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN DEFERRED")

    return engine


def _begin_writing(connection: Connection) -> None:
    """Take the writer's lock, trying at short, jittered intervals for as long as BUSY_TIMEOUT_MS."""
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        _in_turn(lambda: cursor.execute("BEGIN IMMEDIATE"))
    except sqlite3.OperationalError:
        # The last try: what is the matter is raised as SQLAlchemy's error.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


def _in_turn(take: Callable[[], object]) -> None:
    """Do what needs the file for itself, as often as somebody else has it, for as long as BUSY_TIMEOUT_MS.

    SQLite does not wait by itself where it sees two who would wait for each other: processes that open a new file at
    the same moment, each of which turns it into WAL, got "database is locked" at once, whatever the busy timeout.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            take()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(random.uniform(*_TRY_AGAIN))  # noqa: S311  spreads writers, guards nothing
        else:
            return
