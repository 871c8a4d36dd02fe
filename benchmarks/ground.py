"""Where benchmarks run: fresh databases on PostgreSQL and fresh topics on Apache Kafka, gone afterwards.

The servers are found as the tests find theirs: an address in the environment, otherwise a container.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from benchmarks import toy
from shared.db import Database
from shared.db.migrations import migrate
from shared.events.kafka import KafkaBroker
from shared.events.outbox import Outbox
from tests.infrastructure import KAFKA_IMAGE, Infrastructure, NotThereError


@dataclass
class Ground:
    """The servers of one run."""

    kafka: str
    postgres: str
    _databases: list[str] = field(default_factory=list)

    @property
    def servers(self) -> dict[str, str]:
        """Their versions, for the report."""
        engine = sa.create_engine(self.postgres)
        with engine.connect() as connection:
            version = connection.scalar(sa.text("SHOW server_version"))
        engine.dispose()
        return {"PostgreSQL": str(version).split()[0], "Apache Kafka": KAFKA_IMAGE.partition(":")[2]}

    def database(self) -> str:
        """The URL of a new database with all tables."""
        name = f"bench_{uuid.uuid4().hex[:12]}"
        self._on_server(f"CREATE DATABASE {name}")
        self._databases.append(name)
        url = make_url(self.postgres).set(database=name).render_as_string(hide_password=False)
        return prepared(url)

    def broker(self) -> KafkaBroker:
        """The broker, with the benchmarks' topics made afresh."""
        broker = KafkaBroker([self.kafka], client_id="benchmarks")
        remove_topics(self.kafka)
        broker.apply(toy.TOPICS)
        return broker

    def close(self) -> None:
        """Drop what was made."""
        for name in self._databases:
            self._on_server(f"DROP DATABASE {name} WITH (FORCE)")
        remove_topics(self.kafka)

    def _on_server(self, statement: str) -> None:
        engine = sa.create_engine(self.postgres, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()


@contextmanager
def ground() -> Iterator[Ground]:
    """The servers, for the length of a run. Ends the program with a sentence where there are none."""
    here = Infrastructure()
    try:
        found = Ground(kafka=here.kafka(), postgres=here.postgres())
        try:
            yield found
        finally:
            found.close()
    except NotThereError as error:
        raise SystemExit(f"This benchmark needs Apache Kafka and PostgreSQL: {error}.") from error
    finally:
        here.stop()


def prepared(url: str) -> str:
    """The URL, once its database has all tables."""
    database = Database(url, emitter=Outbox(registry=toy.REGISTRY))
    migrate(database.engine, "benchmarks")
    database.close()
    return url


def remove_topics(server: str) -> None:
    """Delete the benchmarks' topics and wait until they are gone."""
    from kafka import KafkaAdminClient  # noqa: PLC0415  a benchmark without Kafka never loads it

    names = {topic.name for topic in toy.TOPICS}
    admin = KafkaAdminClient(bootstrap_servers=[server])
    try:
        there = names & set(admin.list_topics())
        if there:
            admin.delete_topics(sorted(there))
        while names & set(admin.list_topics()):
            pass
    finally:
        admin.close()
