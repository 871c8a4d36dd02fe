"""What must be true: after every step, and once everything has come to rest.

The numbers are those of the invariants in the research on event backbones.
"""

from collections import defaultdict
from uuid import UUID

import sqlalchemy as sa

from shared.events.outbox import outbox
from shared.events.parking import parked
from tests.proof.machine.services import Keeper
from tests.proof.machine.world import World
from tests.proof.toys import model
from tests.proof.toys.contracts import BALLS, OWNERS, SHELVES


def always(world: World) -> None:
    """Hold after each step, whatever goes wrong at the moment."""
    world.witness.look()
    _one_row_for_each_committed_event(world)
    _nothing_uncommitted_is_published(world)
    _first_occurrences_are_in_version_order(world)
    for keeper in (world.shelf, world.before):
        _effects_are_done_once_and_in_order(world, keeper)


def at_rest(world: World, empty: bytes) -> None:
    """Hold once every fault has ended and everything under way has arrived."""
    always(world)
    _everything_committed_was_published(world)
    _the_reader_knows_what_was_commanded(world)
    _exactly_the_failing_wait(world)
    _every_poison_is_kept_as_it_was(world)
    live = _reader(world.shelf)
    if world.witness.whole and not world.oracle.failing and not world.oracle.discarded:
        assert _reader(world.rebuild(empty)) == live  # (7) whoever starts anew arrives at the same


def _one_row_for_each_committed_event(world: World) -> None:
    """(1) A change that was committed has one outbox row for its event; one that was not has none."""
    kept: dict[str, list[tuple[int, UUID]]] = defaultdict(list)
    with world.toys.database.reading() as db:
        for row in db.execute(
            sa.select(outbox.c.key, outbox.c.version, outbox.c.id).order_by(outbox.c.version)
        ):
            kept[row.key].append((row.version, row.id))
    committed = {key: list(enumerate(ids, 1)) for key, ids in world.oracle.histories().items() if ids}
    if world.restored:  # a restored publisher adopts the newest state of an owner, not those between
        for owner in world.oracle.namings:
            assert kept.pop(owner, [])[-1:] == committed.pop(owner, [])[-1:]
    assert dict(kept) == committed


def _nothing_uncommitted_is_published(world: World) -> None:
    """(2) Nothing reaches the broker but what was committed, nor anything that `shelf` could not have said."""
    may = world.oracle.ids() | {
        one.fills for rolls in world.oracle.rolls.values() for one in rolls if one.fills
    }
    published = {id_ for firsts in world.witness.firsts.values() for _, id_ in firsts}
    assert published <= may


def _first_occurrences_are_in_version_order(world: World) -> None:
    """(3) A key's events come into a log in the order of their versions, however often each comes again."""
    for (topic, key), firsts in world.witness.firsts.items():
        versions = [version for version, _ in firsts]
        wanted = sorted(set(versions)) if topic == OWNERS.name else list(range(1, len(versions) + 1))
        assert versions == wanted, f"{topic} {key}: {versions}"


def _effects_are_done_once_and_in_order(world: World, keeper: Keeper) -> None:
    """(4) Each event has its effect once, and a key's effects are in the order of its versions."""
    with keeper.database.reading() as db:
        effects = model.effects(db)
    ids = [id_ for _, _, id_ in effects]
    assert len(ids) == len(set(ids)), "an effect was done twice"
    by_key: dict[str, list[int]] = defaultdict(list)
    for key, version, _ in effects:
        by_key[key].append(version)
    for key, versions in by_key.items():
        assert versions == sorted(versions), f"effects of {key} in the order {versions}"


def _everything_committed_was_published(world: World) -> None:
    """(2) Everything that was committed lies, or lay, in the log of this broker."""
    published: dict[tuple[str, str], list[UUID]] = {
        at: [id_ for _, id_ in firsts] for at, firsts in world.witness.firsts.items()
    }
    for ball, rolls in world.oracle.rolls.items():
        assert published.get((BALLS.name, ball), []) == [one.event_id for one in rolls]
        # (6) What a reaction emits has the same ids, whatever was done again in between.
        assert published.get((SHELVES.name, ball), []) == world.oracle.filled(ball)
    for owner, namings in world.oracle.namings.items():  # compaction keeps what came last
        assert namings == [] or world.witness.newest[owner] == namings[-1].event_id


def _the_reader_knows_what_was_commanded(world: World) -> None:
    """(5, 6, 8) The copies are what the commands make of them, at a reader of either release."""
    with world.toys.database.reading() as db:
        assert model.balls(db) == world.oracle.balls()
    with world.shelf.database.reading() as db:
        assert model.ball_copies(db) == world.oracle.copies()
        assert model.owner_copies(db) == world.oracle.owners()
    with world.before.database.reading() as db:
        everything = {key: (version, steps, "") for key, (version, steps, _) in world.oracle.balls().items()}
        assert model.ball_copies(db) == everything


def _exactly_the_failing_wait(world: World) -> None:
    """(5) What is not applied are the events that fail for ever, and those behind them."""
    assert world.operators.letters() == world.oracle.waiting()


def _every_poison_is_kept_as_it_was(world: World) -> None:
    """Each poison record that the log holds is a dead letter, once, byte for byte."""
    topic = world.broker.describe([BALLS.name])[BALLS.name]
    there = {
        (record.key, record.value): record
        for partition in topic.spans
        for record in world.broker.read(BALLS.name, partition, start=0, limit=10_000).records
        if (record.key or b"").startswith(b"stranger")
    }
    with world.shelf.database.reading() as db:
        kept = db.execute(sa.select(parked).where(parked.c.key.like("stranger%"))).all()
    assert len({row.raw_key for row in kept}) == len(kept), "a poison record is kept twice"
    if world.witness.whole:  # otherwise a reader may have gone on behind what is there
        assert {(row.raw_key, row.value) for row in kept} >= set(there)
    assert {(row.raw_key, row.value) for row in kept} <= {(one.key, one.value) for one in world.poison}
    assert {row.state for row in kept} <= {"dead"}


def _reader(keeper: Keeper) -> tuple[object, ...]:
    with keeper.database.reading() as db:
        return model.ball_copies(db), model.owner_copies(db), sorted(model.effects(db))
