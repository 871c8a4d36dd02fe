"""The world of the machine: two toy services with all their processes, one broker, one clock and one truth.

Nothing in it depends on the machine that it runs on: time and ids are counted, threads do nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from shared.db import Transaction
from shared.errors import Refusal
from shared.events.contract import Event
from shared.events.embedded import EmbeddedBroker
from shared.events.handling import Handling
from shared.events.outbox import Outbox, unsent
from shared.events.record import Record, TopicPartition
from shared.events.restore import Restore
from shared.service import Reaction
from tests.proof.machine.faults import FaultyBroker
from tests.proof.machine.operators import Operators
from tests.proof.machine.oracle import Naming, Oracle, Roll
from tests.proof.machine.services import ConsumerProcess, Keeper, RelayProcess
from tests.proof.machine.things import Change, ball_id, key_of, owner_id, poison
from tests.proof.machine.witness import Witness
from tests.proof.toys import model
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
        self.operators = Operators(
            toys=self.toys,
            readers={"shelf": self.shelf, "before": self.before},
            broker=self.broker,
            oracle=self.oracle,
            clock=self.clock,
        )
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

        contradicts = {
            key for key in self.operators.diverged() if key in {key_of(change) for change in changes}
        }
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

    def copy_publisher(self) -> PublisherCopy:
        return PublisherCopy(self.toys.copy(), self.oracle.lengths(), self.operators.diverged())

    def restore_publisher(self, copy: PublisherCopy) -> bool:
        """Put the copy back; whether it could be tried.

        What the broker no longer shows (deleted, or lost with it and not yet sent again) nobody can find out.
        """
        self.witness.look()
        published = {key: self.witness.published(key, after=length) for key, length in copy.lengths.items()}
        for key in self.oracle.lengths():
            published.setdefault(key, self.witness.published(key, after=0))
        if self.away or not self.witness.shows_all_that_it_ever_saw():
            return False
        self.forget_interruptions()
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
        assert self.operators.diverged() == behind | copy.diverged
        return True

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
            self.operators.look()
            self.witness.look()
            quiet = (
                0
                if any(worked) or self._unsent() or self.operators.letters() != self.oracle.waiting()
                else quiet + 1
            )
            if quiet == 4:
                return
        found, wanted = self.operators.letters(), self.oracle.waiting()
        raise AssertionError(
            f"it never comes to rest: {self._troubles()}, {found=}, {wanted=}, {self._unsent()=}"
        )

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
