"""The operators of the toys: what they see and what they decide, with the operations or by hand."""

from uuid import UUID

import sqlalchemy as sa

from shared.clock import Clock
from shared.db import Transaction
from shared.events import positions, republish, stops
from shared.events.broker import Broker
from shared.events.diverged import diverged
from shared.events.parking import parked
from shared.events.positions import Position
from tests.proof.machine.oracle import Oracle
from tests.proof.machine.services import Keeper
from tests.proof.toys import model
from tests.proof.toys.contracts import BALLS, NEW, Rolled

#: A ball and a version: an event.
At = tuple[str, int]


class Operators:
    """They look after `toys` and its two readers."""

    def __init__(
        self, *, toys: Keeper, readers: dict[str, Keeper], broker: Broker, oracle: Oracle, clock: Clock
    ) -> None:
        self._toys, self._readers, self._broker = toys, readers, broker
        self._oracle, self._clock = oracle, clock

    def reconcile(self) -> None:
        """The operator enters what was published and lost, by hand, and accepts."""
        expected = self._oracle.balls()

        def enter(tx: Transaction) -> None:
            for key in self.diverged():
                version, steps, note = expected[key]
                ball = tx.db.get(model.Ball, UUID(key)) or model.Ball(id=UUID(key))
                ball.version, ball.steps, ball.note = version, steps, note
                tx.db.add(ball)
            tx.db.execute(sa.delete(diverged))

        self._toys.database.run(enter, actor="operator:test")

    def diverged(self) -> set[str]:
        """The balls that refuse changes."""
        with self._toys.database.reading() as db:
            return set(db.scalars(sa.select(diverged.c.key)))

    def look(self) -> None:
        """What they do until all is well; what was discarded before a restore is discarded again."""
        self.say_again_and_resume()
        dead, _ = self.letters()
        self._decide("discarded", dead & self._oracle.discarded)
        self._decide("parked", dead - self._oracle.failing - self._oracle.discarded)

    def discard_dead(self) -> None:
        """The operator gives up every event that failed for good."""
        dead, _ = self.letters()
        wanted = dead & (self._oracle.failing | self._oracle.discarded)
        self._oracle.discarded |= wanted
        self._decide("discarded", wanted)

    def replay_dead(self) -> None:
        """The release is mended, and the operator has the dead letters tried again."""
        dead, _ = self.letters()
        self._oracle.failing -= dead - self._oracle.discarded
        self._decide("parked", dead - self._oracle.discarded)

    def _decide(self, state: str, about: set[At]) -> None:
        with self._readers["shelf"].database.begin() as db:
            rows = db.execute(
                sa.select(parked).where(parked.c.state == "dead", parked.c.key.not_like("stranger%"))
            ).all()
            for row in rows:
                if _at(row) in about:
                    change = {"state": state, "attempts": 0, "next_try_at": self._clock()}
                    db.execute(sa.update(parked).where(parked.c.id == row.id).values(change))

    def letters(self) -> tuple[set[At], set[At]]:
        """The (ball, version) pairs that are dead at `shelf`, and those that wait; each must be there once."""
        with self._readers["shelf"].database.reading() as db:
            rows = db.execute(sa.select(parked).where(parked.c.key.not_like("stranger%"))).all()
        waiting = [(row.state, *_at(row)) for row in rows if row.state != "discarded"]
        assert len(waiting) == len(set(waiting)), f"an event waits twice: {waiting}"
        return (
            {(key, version) for state, key, version in waiting if state == "dead"},
            {(key, version) for state, key, version in waiting if state == "parked"},
        )

    def say_again_and_resume(self) -> None:
        """Records were deleted unread: the publisher says all of them again, and the readers go on there."""
        for service, keeper in self._readers.items():
            with keeper.database.reading() as db:
                open_stops = stops.open_stops(db, service)
            if not open_stops:
                continue
            found = self._broker.describe([BALLS.name])[BALLS.name]
            with keeper.database.begin() as db:
                for stop in open_stops:
                    assert stop.place
                    end = found.spans[stop.place.partition].end
                    positions.move(db, service, {stop.place: Position(found.identity, end)})
                    stops.end(db, stop.id, by="operator:test", reason="said again", now=self._clock())
            publisher = republish.Publisher(
                service="toys", topics={BALLS.name: BALLS}, states={}, registry=NEW
            )
            republish.republish(
                self._toys.database, publisher, republish.Again(topic=BALLS.name), actor="operator:test"
            )


def _at(row: sa.Row[tuple[object, ...]]) -> At:
    """The ball and version of a parked row."""
    event = NEW.of(Rolled).decode(row.value)
    return row.key, event.version
