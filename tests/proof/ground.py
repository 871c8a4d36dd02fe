"""Where a story of real processes takes place: two databases and a broker that can be copied, put back and lost."""

import shutil
import sqlite3
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from kafka import KafkaAdminClient
from kafka.errors import UnknownTopicOrPartitionError
from sqlalchemy.engine import make_url

from shared.db.engine import write_engine
from shared.db.migrations import migrate
from shared.events.broker import BrokerUnavailable
from tests.proof.wiring import TOPICS, Addresses, connect, until

PACKAGE = "tests.proof.toys"


class Pair(Protocol):
    """A database server and a broker. Call nothing of it while a process still has them open, but `at`."""

    at: Addresses

    def open(self) -> None:
        """Make everything, empty and migrated."""
        ...

    def close(self) -> None:
        """Take everything away."""
        ...

    def fresh_database(self) -> str:
        """The URL of a database without any table."""
        ...

    def copy(self, url: str) -> str:
        """Copy a database; answers the URL of the copy."""
        ...

    def put_back(self, url: str, copy: str) -> None:
        """Make the database what its copy is."""
        ...

    def lose_broker(self) -> None:
        """All records and topics are gone; the topics are made anew."""
        ...


@dataclass
class EmbeddedPair:
    """Files in one directory."""

    directory: Path
    at: Addresses = field(init=False)

    def open(self) -> None:
        self.at = Addresses(
            toys=self.fresh_database(),
            shelf=self.fresh_database(),
            broker=f"embedded:{self.directory / 'broker.db'}",
            reader="shelf",
        )
        _migrate(self.at)
        _apply(self.at)

    def close(self) -> None:
        """Nothing to do: the directory goes with the test."""

    def fresh_database(self) -> str:
        return f"sqlite:///{self.directory / uuid.uuid4().hex}.db"

    def copy(self, url: str) -> str:
        there = self.fresh_database()
        with sqlite3.connect(_file(url)) as source, sqlite3.connect(_file(there)) as target:
            source.backup(target)
        source.close()
        target.close()
        return there

    def put_back(self, url: str, copy: str) -> None:
        for file in self.directory.glob(f"{_file(url).name}*"):
            file.unlink()
        shutil.copy(_file(copy), _file(url))

    def lose_broker(self) -> None:
        for file in self.directory.glob("broker.db*"):
            file.unlink()
        _apply(self.at)


@dataclass
class RealPair:
    """Databases of its own on a PostgreSQL server, and the toys' topics on an Apache Kafka."""

    postgres: str
    kafka: str
    at: Addresses = field(init=False)
    _made: list[str] = field(default_factory=list)

    def open(self) -> None:
        self.at = Addresses(
            toys=self.fresh_database(),
            shelf=self.fresh_database(),
            broker=f"kafka:{self.kafka}",
            reader=f"shelf.{uuid.uuid4().hex[:8]}",  # a group of the story's own: dead members of others linger
        )
        _migrate(self.at)
        self.lose_broker()

    def close(self) -> None:
        for name in self._made:
            self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def fresh_database(self) -> str:
        return self._make("template1")

    def copy(self, url: str) -> str:
        name = make_url(url).database
        self._disconnect(name)
        return self._make(str(name))

    def put_back(self, url: str, copy: str) -> None:
        here, there = make_url(url).database, make_url(copy).database
        self._disconnect(there)
        self._say(f'DROP DATABASE "{here}" WITH (FORCE)')
        self._say(f'CREATE DATABASE "{here}" TEMPLATE "{there}"')

    def lose_broker(self) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.kafka)
        for topic in TOPICS:
            try:
                admin.delete_topics([topic.name])
            except UnknownTopicOrPartitionError:
                continue
        names = {topic.name for topic in TOPICS}
        until(lambda: not names & set(admin.list_topics()), what="Kafka has deleted the topics")
        admin.close()
        _apply(self.at)

    def _make(self, template: str) -> str:
        name = f"proof_{uuid.uuid4().hex}"
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self._made.append(name)
        return make_url(self.postgres).set(database=name).render_as_string(hide_password=False)

    def _disconnect(self, name: str | None) -> None:
        self._say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name", name=name)

    def _say(self, statement: str, **values: object) -> None:
        engine = sa.create_engine(self.postgres, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement), values)
        engine.dispose()


def _migrate(at: Addresses) -> None:
    for url in (at.toys, at.shelf):
        engine = write_engine(url)
        migrate(engine, PACKAGE)
        engine.dispose()


def _apply(at: Addresses) -> None:
    """Make the topics, once Kafka has forgotten the old ones."""
    with connect(at.broker) as broker:

        def made() -> bool:
            try:
                broker.apply(TOPICS)
                spans = [
                    span
                    for topic in broker.describe(t.name for t in TOPICS).values()
                    for span in topic.spans.values()
                ]
            except (BrokerUnavailable, UnknownTopicOrPartitionError):
                return False
            return len(spans) == sum(topic.partitions for topic in TOPICS) and all(
                span.end == 0 for span in spans
            )

        until(made, what="the topics are made anew")


def _file(url: str) -> Path:
    return Path(str(make_url(url).database))
