"""What must be true after a story of commands 1 … n, whatever happened in it. Computed from the numbers alone."""

from collections import defaultdict
from uuid import UUID

import sqlalchemy as sa

from shared.events.envelope import open_envelope
from shared.events.outbox import outbox
from shared.events.parking import parked
from shared.events.record import StoredRecord
from shared.ids import derived
from tests.proof.toys import model
from tests.proof.toys.contracts import BALLS, OWNERS, SHELVES
from tests.proof.wiring import Wiring, ball, owner


def expected_balls(commands: int) -> dict[str, tuple[int, int, str]]:
    """Version, steps and note of each ball after so many commands."""
    rolls: dict[str, list[int]] = defaultdict(list)
    for number in range(1, commands + 1):
        rolls[str(ball(number))].append(number)
    return {key: (len(some), sum(some), f"roll {some[-1]}") for key, some in rolls.items()}


def expected_owners(commands: int) -> dict[str, tuple[int, str]]:
    """Version and name of each owner after so many commands."""
    names: dict[str, list[int]] = defaultdict(list)
    for number in range(1, commands + 1):
        names[str(owner(number))].append(number)
    return {key: (len(some), f"name {some[-1]}") for key, some in names.items()}


def assert_exactly_once(wiring: Wiring, *, commands: int) -> None:
    """Nothing lost, nothing twice, the order kept: from the commands to the reader's own events."""
    committed = _committed(wiring)
    assert {key: len(events) for key, events in committed.items()} == {
        key: version for key, (version, _, _) in expected_balls(commands).items()
    }
    with wiring.toys.reading() as db:
        assert model.balls(db) == expected_balls(commands)
    with wiring.shelf.reading() as db:
        assert model.ball_copies(db) == expected_balls(commands)
        assert model.owner_copies(db) == expected_owners(commands)
        effects = model.effects(db)
        assert db.scalar(sa.select(sa.func.count()).select_from(parked)) == 0
    done: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for key, version, event_id in effects:
        done[key].append((version, event_id))
    assert dict(done) == {
        key: [(n, str(id_)) for n, id_ in enumerate(ids, 1)] for key, ids in committed.items()
    }
    assert _first_occurrences(wiring, BALLS.name) == committed
    assert _first_occurrences(wiring, SHELVES.name) == _filled(wiring, committed)
    newest = {key: ids[-1] for key, ids in _first_occurrences(wiring, OWNERS.name).items()}
    with wiring.toys.reading() as db:
        rows = db.execute(
            sa.select(outbox.c.key, outbox.c.id)
            .where(outbox.c.topic == OWNERS.name)
            .order_by(outbox.c.version)
        )
        assert newest == {key: id_ for key, id_ in rows}  # noqa: C416  a Row is no pair to mypy


def _committed(wiring: Wiring) -> dict[str, list[UUID]]:
    """The events of each ball, by version, as the publisher's outbox has them."""
    committed: dict[str, list[UUID]] = defaultdict(list)
    with wiring.toys.reading() as db:
        for row in db.execute(
            sa.select(outbox).where(outbox.c.topic == BALLS.name).order_by(outbox.c.version)
        ):
            committed[row.key].append(row.id)
            assert row.version == len(committed[row.key])
    return dict(committed)


def _filled(wiring: Wiring, committed: dict[str, list[UUID]]) -> dict[str, list[UUID]]:
    """What the reader must have emitted: an event for each roll of an even number of steps."""
    even = {
        key: [n for n in range(1, 10_000) if str(ball(n)) == key][: len(ids)]
        for key, ids in committed.items()
    }
    filled = {
        key: [
            derived(cause=str(id_), consumer=wiring.at.reader, ordinal=0)
            for id_, number in zip(ids, even[key], strict=True)
            if number % 2 == 0
        ]
        for key, ids in committed.items()
    }
    return {key: ids for key, ids in filled.items() if ids}


def _first_occurrences(wiring: Wiring, topic: str) -> dict[str, list[UUID]]:
    """The events of each key in the order in which the log first has them."""
    found: dict[str, list[UUID]] = defaultdict(list)
    for record in records(wiring, topic):
        envelope = open_envelope(record)
        if UUID(envelope.id) not in found[envelope.subject]:
            found[envelope.subject].append(UUID(envelope.id))
    return dict(found)


def records(wiring: Wiring, topic: str) -> list[StoredRecord]:
    """All that a topic holds."""
    found: list[StoredRecord] = []
    for partition, span in wiring.broker.describe([topic])[topic].spans.items():
        start = span.start
        while start < span.end:
            stretch = wiring.broker.read(topic, partition, start=start, limit=1_000)
            found += stretch.records
            start = stretch.end
    return found
