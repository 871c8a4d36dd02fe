"""Whether relay and consumer keep their pace while what they retain grows from 10⁴ to 10⁶ events.

Two databases of each kind on the same server, one with few retained rows (sent rows of the outbox, rows of the
inbox) and one with many; the same counts run on both in turn. The ratio is the throughput with many to that with
few. Relay and consumer run over Apache Kafka.
"""

import argparse
import sys
from uuid import uuid4

import sqlalchemy as sa

from benchmarks import toy
from benchmarks.consume import Side
from benchmarks.ground import Ground, ground
from benchmarks.measuring import Report, interleaved, options
from benchmarks.relaying import copy, drained, prefilled, relay_on
from shared.db import Database
from shared.events.broker import Broker
from shared.events.outbox import Outbox

FEW, MANY, SHORT = 10**4, 10**6, 10**5

#: Rows of one count of the relay.
ROWS = 20_000

# Shaped as `emit` writes them, made by the server because a million of them are only there to be in the way.
_SENT = sa.text("""
    INSERT INTO outbox (id, shard, topic, key, version, type, value, headers, created_at)
    SELECT gen_random_uuid(), n % 16, :topic, gen_random_uuid()::text, 1, :type, :value, :headers, now()
    FROM generate_series(1, :count) AS n
""")
_APPLIED = sa.text("""
    INSERT INTO inbox (consumer, event_id, applied_at)
    SELECT :consumer, gen_random_uuid()::text, now() FROM generate_series(1, :count)
""")


class Relayed:
    """A relay on a database that retains so many sent rows."""

    def __init__(self, here: Ground, broker: Broker, retained: int) -> None:
        """Fill it."""
        self.url = here.database()
        self._database = Database(self.url, emitter=Outbox(registry=toy.REGISTRY))
        row = prefilled(5)[0]
        with self._database.engine.begin() as connection:
            same = {name: row[name] for name in ("topic", "type", "value", "headers")}
            connection.execute(_SENT, {**same, "count": retained})
        vacuumed(self._database)
        self._relay = relay_on(self._database, broker, owner=str(uuid4()))
        self._relay.step()  # compares with the topic while that is empty; later it would find the other's records

    def drain(self) -> float:
        """Rows a second."""
        copy(self.url, prefilled(ROWS))
        timed = drained(self._relay)
        return ROWS / (timed.end - timed.start)

    def close(self) -> None:
        """End it."""
        self._relay.close()
        self._database.close()


def consuming(here: Ground, broker: Broker, retained: int) -> Side:
    """A consumer on a database that remembers so many applied events."""
    side = Side(here, broker)
    with side.database.engine.begin() as connection:
        connection.execute(_APPLIED, {"consumer": side.name, "count": retained})
    vacuumed(side.database)
    return side


def vacuumed(database: Database) -> None:
    """As autovacuum leaves tables some minutes after they were filled; it would come in the middle otherwise."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))


def main() -> int:
    """Measure, print, answer the exit code."""
    short = {"action": argparse.BooleanOptionalAction, "help": f"grow to {SHORT:,} only"}
    asked = options(str(__doc__), short=short)
    many = SHORT if asked.short else MANY
    with ground() as here:
        broker = here.broker()
        relays = Relayed(here, broker, FEW), Relayed(here, broker, many)
        sent = interleaved({"few": relays[0].drain, "many": relays[1].drain})
        for relay in relays:
            relay.close()
        sides = consuming(here, broker, FEW), consuming(here, broker, many)
        for side in sides:
            side.count()  # once without counting
        applied = interleaved({"few": sides[0].count, "many": sides[1].count})
        for side in sides:
            side.close()
        broker.close()
        report = Report("growth", here.servers)
    for what, counts in ("relay", sent), ("consumer", applied):
        few = report.figure(f"{what}, {FEW:,} retained", counts["few"], "events/s")
        grown = report.figure(f"{what}, {many:,} retained", counts["many"], "events/s")
        report.at_least(f"{what}: {many:,} retained / {FEW:,}", grown / few, 0.8)
    return report.finish(as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
