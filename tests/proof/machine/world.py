"""The world of the machine: two toy services with all their processes, one broker, one clock and one truth.

Nothing in it depends on the machine that it runs on: time and ids are counted, threads do nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock
from uuid import UUID

import sqlalchemy as sa

from shared.db import Transaction
from shared.errors import Refusal
from shared.events import positions, republish, stops
from shared.events.contract import Event
from shared.events.diverged import diverged
from shared.events.embedded import EmbeddedBroker
from shared.events.handling import Handling
from shared.events.outbox import Outbox, unsent
from shared.events.parking import parked
from shared.events.positions import Position
from shared.events.record import Record, TopicPartition
from shared.events.restore import Restore
from shared.service import Reaction
from tests.proof.machine.faults import Crash, FaultyBroker
from tests.proof.machine.oracle import Naming, Oracle, Roll
from tests.proof.machine.services import ConsumerProcess, Keeper, RelayProcess
from tests.proof.machine.witness import Witness
from tests.proof.toys import contracts, model
from tests.proof.toys.contracts import (
    BALLS,
    NEW,
    OLD,
    OWNERS,
    SHELVES,
    BothReleases,
    Renamed,
    Rolled,
    RolledBefore,
)

TOPICS = (BALLS, OWNERS, SHELVES)

#: What a transaction changes: a roll (ball, steps, note) or a name (owner, name).
Change = tuple[int, int, str | None] | tuple[int, str]


class RolledBack(Exception):
    """The command fails at its very end."""


class ReactionFails(Exception):
    """The reaction fails, as the test wants it."""


@dataclass(frozen=True)
class PublisherCopy:
    """A backup of `toys`, and how much of each history it holds."""

    database: bytes
    lengths: dict[str, int]
    diverged: set[str]


class World:
    """Everything there is. Its methods are what can happen; what ought to be true stands in `checks`."""

    def __init__(self, directory: Path, empty: bytes) -> None:
        self.now = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
        self.oracle = Oracle()
        self.away = False
        self.restored = False
        self.let_through: set[tuple[str, int]] = set()
        self.passing: dict[tuple[str, int], int] = {}
        self.poison: list[Record] = []
        self._counted = 0
        self._interruptions: dict[tuple[str, str], Callable[[], None]] = {}
        self._broker_file = directory / "broker.db"
        self.broker = EmbeddedBroker(self._broker_file, lease=1_000_000)
        self.broker.apply(TOPICS)
        self.witness = Witness(self.broker, TOPICS)
        self.toys = Keeper(
            directory / "toys.db", Outbox(ids=self.fresh_id, registry=BothReleases()), self.clock
        )
        self.shelf = Keeper(directory / "shelf.db", Outbox(ids=self.fresh_id, registry=NEW), self.clock)
        self.before = Keeper(directory / "before.db", Outbox(ids=self.fresh_id, registry=OLD), self.clock)
        for keeper in (self.toys, self.shelf, self.before):
            keeper.put_back(empty)
        self.relays = {name: self._relay(name) for name in ("toys A", "toys B", "shelf")}
        self.consumers = {
            "shelf A": self._consumer("shelf A", self.shelf),
            "shelf B": self._consumer("shelf B", self.shelf),
            "before": self._consumer("before", self.before),
        }
        for consumer in self.consumers.values():  # who never read a log cannot miss what was deleted from it
            consumer.step()
            consumer.step()

    @property
    def processes(self) -> list[RelayProcess | ConsumerProcess]:
        """All of them."""
        return [*self.relays.values(), *self.consumers.values()]

    def clock(self) -> datetime:
        return self.now

    def fresh_id(self) -> UUID:
        self._counted += 1
        return UUID(int=self._counted)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    # --- the publisher ---

    def commit(self, changes: Sequence[Change], *, roll_back: bool = False) -> None:
        """Do the changes in one transaction; the oracle notes them if it commits."""
        done: list[tuple[str, Roll | Naming]] = []

        def work(tx: Transaction) -> None:
            done[:] = [self._change(tx, change) for change in changes]
            if roll_back:
                raise RolledBack

        contradicts = {key for key in self.diverged() if key in {_key(change) for change in changes}}
        try:
            self.toys.database.run(work, actor="account:test")
        except RolledBack:
            assert roll_back
        except Refusal:
            assert contradicts, "a change was refused although nothing of it had diverged"
        else:
            assert not contradicts, "a change was accepted although its item had diverged"
            for key, event in done:
                if isinstance(event, Roll):
                    self.oracle.rolls.setdefault(key, []).append(event)
                else:
                    self.oracle.namings.setdefault(key, []).append(event)

    def _change(self, tx: Transaction, change: Change) -> tuple[str, Roll | Naming]:
        if len(change) == 2:
            owner, name = change
            model.rename(tx, owner_id=owner_id(owner), name=name)
            return str(owner_id(owner)), Naming(UUID(int=self._counted), name)
        ball, steps, note = change
        model.roll(tx, ball_id=ball_id(ball), steps=steps, note=note)
        return str(ball_id(ball)), Roll(UUID(int=self._counted), steps, note)

    def diverged(self) -> set[str]:
        """The balls that refuse changes."""
        with self.toys.database.reading() as db:
            return set(db.scalars(sa.select(diverged.c.key)))

    def copy_publisher(self) -> PublisherCopy:
        return PublisherCopy(self.toys.copy(), self.oracle.lengths(), self.diverged())

    def restore_publisher(self, copy: PublisherCopy) -> bool:
        """Put the copy back; whether it could be tried.

        What the broker no longer shows (deleted, or lost with it and not yet sent again) nobody can find out.
        """
        published = {key: self.witness.published(key, after=length) for key, length in copy.lengths.items()}
        for key in self.oracle.lengths():
            published.setdefault(key, self.witness.published(key, after=0))
        if self.away or not self.witness.shows_all_that_it_ever_saw():
            return False
        for relay in (self.relays["toys A"], self.relays["toys B"]):
            relay.kill()
        self.toys.put_back(copy.database)
        self.restored = True
        self.pass_time(60)
        for histories in (self.oracle.rolls, self.oracle.namings):
            for key, history in histories.items():
                del history[max(copy.lengths.get(key, 0), published[key]) :]
        self.relays["toys A"].step()  # a service compares itself with the broker before it opens
        behind = {key for key in self.oracle.rolls if published[key] > copy.lengths.get(key, 0)}
        assert self.diverged() == behind | copy.diverged
        return True

    def reconcile(self) -> None:
        """The operator enters what was published and lost, by hand, and accepts."""
        expected = self.oracle.balls()

        def enter(tx: Transaction) -> None:
            for key in self.diverged():
                version, steps, note = expected[key]
                tx.db.merge(model.Ball(id=UUID(key), version=version, steps=steps, note=note))
            tx.db.execute(sa.delete(diverged))

        self.toys.database.run(enter, actor="operator:test")

    # --- the broker ---

    def lose_broker(self) -> None:
        """All is gone; somebody makes the topics anew a while later."""
        for file in self._broker_file.parent.glob(f"{self._broker_file.name}*"):
            file.unlink()
        self.pass_time(60)
        with EmbeddedBroker(self._broker_file) as anew:
            anew.apply(TOPICS)
        self.witness.broker_lost()

    def write_poison(self, kind: str) -> None:
        """A stranger writes what is no event of ours."""
        if not self.away:
            record = poison(kind, number=len(self.poison), fresh=self.fresh_id())
            self.broker.publish([record])
            self.poison.append(record)

    def delete_records(self, place: TopicPartition, share: float) -> None:
        """Retention takes the oldest of a partition, whether anybody has read them or not."""
        span = self.broker.describe([place.topic])[place.topic].spans[place.partition]
        self.broker.delete_records({place: span.start + round((span.end - span.start) * share)})

    # --- processes ---

    def interrupt(self, process: str, point: str, action: Callable[[], None]) -> None:
        """Do `action` when `process` next reaches `point`, once."""
        self._interruptions[process, point] = action

    def forget_interruptions(self) -> None:
        self._interruptions.clear()
        for process in self.relays.values():
            process.broker.next_publish = None

    def _reached(self, process: str, point: str) -> None:
        action = self._interruptions.pop((process, point), None)
        if action:
            action()

    def _relay(self, name: str) -> RelayProcess:
        service = name.partition(" ")[0]
        keeper = {"toys": self.toys, "shelf": self.shelf}[service]
        adopt: dict[type[Event], Reaction] = {Renamed: model.adopt_owner} if service == "toys" else {}
        return RelayProcess(
            name=name,
            keeper=keeper,
            broker=FaultyBroker(self.broker, lambda: self.away),
            topics={topic.name: topic for topic in TOPICS if topic.publisher == service},
            restore=Restore(adopt=adopt, registry=NEW, emitter=keeper.emitter),
            reached=self._reached,
        )

    def _consumer(self, name: str, keeper: Keeper) -> ConsumerProcess:
        service = name.partition(" ")[0]
        if service == "shelf":
            handling = Handling(service, model.reactions(self._before_reaction), NEW, keeper.emitter)
        else:
            handling = Handling(service, {RolledBefore: model.put_on_shelf}, OLD, keeper.emitter)
        return ConsumerProcess(
            name=name,
            keeper=keeper,
            broker=FaultyBroker(self.broker, lambda: self.away),
            handling=handling,
            reached=self._reached,
            embedded=self.broker,
        )

    def _before_reaction(self, event: Event) -> None:
        assert isinstance(event, Rolled)
        at = (str(event.ball_id), event.version)
        if at in self.oracle.failing:
            raise ReactionFails
        if self.passing.get(at, 0) > 0:
            self.passing[at] -= 1
            raise ReactionFails
        self.let_through.add(at)

    # --- the reader and its operator ---

    def fail_for_ever(self, ball: str, version: int) -> None:
        """From now on the reaction to this event fails, if it never worked."""
        if (ball, version) not in self.let_through:
            self.oracle.failing.add((ball, version))

    def restore_reader(self, copy: bytes) -> None:
        """Put an earlier copy of the reader's database back."""
        for consumer in (self.consumers["shelf A"], self.consumers["shelf B"]):
            consumer.kill()
        self.relays["shelf"].kill()
        self.shelf.put_back(copy)
        self.pass_time(60)

    def rebuild(self, empty: bytes) -> Keeper:
        """A new database of `shelf`, filled from the topics' first records on."""
        for process in self.consumers.values():
            process.kill()
        self.shelf.put_back(empty)
        anew = self._consumer("shelf A", self.shelf)
        while anew.step() or anew.step() or anew.step():
            pass
        return self.shelf

    def discard_dead(self) -> None:
        """The operator gives up every event that failed for good."""
        dead, _ = self._letters(self.shelf)
        wanted = dead & (self.oracle.failing | self.oracle.discarded)
        self.oracle.discarded |= wanted
        self._decide("discarded", wanted)

    def replay_dead(self) -> None:
        """The release is mended, and the operator has the dead letters tried again."""
        dead, _ = self._letters(self.shelf)
        self.oracle.failing -= dead - self.oracle.discarded
        self._decide("parked", dead - self.oracle.discarded)

    def _decide(self, state: str, about: set[tuple[str, int]]) -> None:
        with self.shelf.database.begin() as db:
            rows = db.execute(
                sa.select(parked).where(parked.c.state == "dead", parked.c.key.not_like("stranger%"))
            ).all()
            for row in rows:
                if _at(row) in about:
                    change = {"state": state, "attempts": 0, "next_try_at": self.now}
                    db.execute(sa.update(parked).where(parked.c.id == row.id).values(change))

    def letters(self) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
        """The (ball, version) pairs that are dead at `shelf`, and those that wait; each must be there once."""
        return self._letters(self.shelf)

    def _letters(self, keeper: Keeper) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
        with keeper.database.reading() as db:
            rows = db.execute(sa.select(parked).where(parked.c.key.not_like("stranger%"))).all()
        waiting = [(row.state, *_at(row)) for row in rows if row.state != "discarded"]
        assert len(waiting) == len(set(waiting)), f"an event waits twice: {waiting}"
        return (
            {(key, version) for state, key, version in waiting if state == "dead"},
            {(key, version) for state, key, version in waiting if state == "parked"},
        )

    def say_again_and_resume(self) -> None:
        """Records were deleted unread: the publisher says all of them again, and the readers go on there."""
        for keeper, service in ((self.shelf, "shelf"), (self.before, "before")):
            with keeper.database.reading() as db:
                open_stops = stops.open_stops(db, service)
            if not open_stops:
                continue
            found = self.broker.describe([BALLS.name])[BALLS.name]
            with keeper.database.begin() as db:
                for stop in open_stops:
                    assert stop.place
                    end = found.spans[stop.place.partition].end
                    positions.move(db, service, {stop.place: Position(found.identity, end)})
                    stops.end(db, stop.id, by="operator:test", reason="said again", now=self.now)
            publisher = republish.Publisher(
                service="toys", topics={BALLS.name: BALLS}, states={}, registry=NEW
            )
            republish.republish(
                self.toys.database, publisher, republish.Again(topic=BALLS.name), actor="operator:test"
            )

    # --- the end ---

    def drain(self) -> None:
        """All faults end; everything that is under way arrives."""
        self.away = False
        self.passing.clear()
        self.forget_interruptions()
        quiet = 0
        for _ in range(400):
            self.pass_time(61)
            worked = [process.step() for process in self.processes]
            self._operator_looks()
            self.witness.look()
            quiet = (
                0 if any(worked) or self._unsent() or self.letters() != self.oracle.waiting() else quiet + 1
            )
            if quiet == 4:
                return
        raise AssertionError(f"it never comes to rest: {self._troubles()}")

    def _operator_looks(self) -> None:
        """What operators do until all is well; what was discarded before a restore is discarded again."""
        self.say_again_and_resume()
        dead, _ = self.letters()
        self._decide("discarded", dead & self.oracle.discarded)
        self._decide("parked", dead - self.oracle.failing - self.oracle.discarded)

    def _unsent(self) -> int:
        count = 0
        for keeper in (self.toys, self.shelf):
            with keeper.database.reading() as db:
                count += db.scalar(sa.select(sa.func.count()).select_from(unsent)) or 0
        return count

    def _troubles(self) -> list[str]:
        processes = [
            *(one.relay for one in self.relays.values()),
            *(one.consumer for one in self.consumers.values()),
        ]
        return [str(one.trouble) for one in processes if one and one.trouble]

    def close(self) -> None:
        self.broker.close()
        for keeper in (self.toys, self.shelf, self.before):
            keeper.database.close()


def ball_id(number: int) -> UUID:
    """The id of a ball; four of them share two partitions."""
    return UUID(int=0xBA11 << 64 | number)


def owner_id(number: int) -> UUID:
    """The id of an owner."""
    return UUID(int=0x0E << 64 | number)


def poison(kind: str, *, number: int, fresh: UUID) -> Record:
    """A record that can never be applied. Its key is nobody else's."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(fresh),
        "ce_source": "/toys",
        "ce_type": "toys.ball.rolled.v1",
        "ce_subject": f"stranger {number}",
        "ce_time": "2026-09-01T08:00:00Z",
        "ce_sequence": "1",
        "ce_actor": "account:stranger",
        "content-type": "application/json",
    }
    value = b'{"version":1}'
    match kind:
        case "bytes":
            headers, value = {}, b"\x00\xff no event"
        case "unknown type":
            headers["ce_type"] = "toys.ball.exploded.v9"
        case "no id":
            del headers["ce_id"]
        case "no JSON":
            value = b"{"
        case "contract broken":
            pass
    return Record(
        topic=BALLS.name,
        key=f"stranger {number}".encode(),
        value=value,
        headers=tuple((name, text.encode()) for name, text in headers.items()),
    )


@contextmanager
def counted_uuids() -> Iterator[None]:
    """The embedded broker draws the ids of members and topics from uuid4: here it counts."""
    drawn = 0

    def counted() -> UUID:
        nonlocal drawn
        drawn += 1
        return UUID(int=0xC0DE << 64 | drawn)

    with mock.patch("uuid.uuid4", counted):
        yield


def crash() -> None:
    """The process that reaches this is dead."""
    raise Crash


def _key(change: Change) -> str:
    return str(owner_id(change[0])) if len(change) == 2 else str(ball_id(change[0]))


def _at(row: sa.Row[tuple[object, ...]]) -> tuple[str, int]:
    """The ball and version of a parked row."""
    event = contracts.NEW.of(Rolled).decode(row.value)
    return row.key, event.version
