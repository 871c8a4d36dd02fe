"""Databases of a test's own, with the spine's tables, a scratch table for effects, and a clock that stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, Table, Text
from sqlalchemy.engine import make_url

from shared.db import Database, Transaction
from shared.db.base import SPINE
from shared.events.outbox import Outbox

#: What effects leave behind. No constraint keeps it unique: an effect that comes twice must show.
effects = Table(
    "effects", MetaData(), Column("row", Integer, nullable=False), Column("actor", Text, nullable=False)
)


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@contextmanager
def sqlite(directory: Path) -> Iterator[Database]:
    yield from _prepared(f"sqlite:///{directory / 'service.db'}")


@contextmanager
def postgres(server: str) -> Iterator[Database]:
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"jobs_{uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield from _prepared(make_url(server).set(database=name).render_as_string(hide_password=False))
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def _prepared(url: str) -> Iterator[Database]:
    database = Database(url, emitter=Outbox(), clock=Clock(), sleep=lambda _seconds: None)
    SPINE.create_all(database.engine)
    effects.create(database.engine)
    try:
        yield database
    finally:
        database.close()


def clock_of(database: Database) -> Clock:
    """The standing clock of a database made here."""
    assert isinstance(database.clock, Clock)
    return database.clock


def leave(tx: Transaction, row: int) -> None:
    """The effect of the tests: one row."""
    tx.db.execute(sa.insert(effects).values(row=row, actor=tx.actor))


def left(database: Database) -> list[int]:
    """The rows that effects left, in order of value."""
    with database.reading() as db:
        return list(db.scalars(sa.select(effects.c.row).order_by(effects.c.row)))
