"""What ought to be true, from the commands alone. It never looks at what was delivered."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from shared.ids import derived
from tests.proof.toys.contracts import Rolled

CALLED_BEFORE = Rolled.__struct_defaults__[0]


@dataclass(frozen=True, slots=True)
class Roll:
    """A committed roll of a ball; `note` is None where the older release did it."""

    event_id: UUID
    steps: int
    note: str | None

    @property
    def fills(self) -> UUID | None:
        """The event that `shelf` has to emit because of it, if any."""
        return derived(cause=str(self.event_id), consumer="shelf", ordinal=0) if self.steps % 2 == 0 else None


@dataclass(frozen=True, slots=True)
class Naming:
    """A committed name of an owner."""

    event_id: UUID
    name: str


@dataclass(slots=True)
class Oracle:
    """The committed history of each ball and owner, oldest first, and what shall fail at the reader.

    failing: events (by ball and version) whose reaction fails for ever. discarded: those that an operator gave up.
    """

    rolls: dict[str, list[Roll]] = field(default_factory=dict)
    namings: dict[str, list[Naming]] = field(default_factory=dict)
    failing: set[tuple[str, int]] = field(default_factory=set)
    discarded: set[tuple[str, int]] = field(default_factory=set)

    def lengths(self) -> dict[str, int]:
        """How many events each ball and owner has: enough to come back to this moment."""
        return {key: len(ids) for key, ids in self.histories().items()}

    def histories(self) -> dict[str, list[UUID]]:
        """The events of each ball and owner, oldest first."""
        rolls = {key: [one.event_id for one in history] for key, history in self.rolls.items()}
        return rolls | {key: [one.event_id for one in history] for key, history in self.namings.items()}

    def ids(self) -> set[UUID]:
        """Every event that may be published by `toys`."""
        return {id_ for history in self.histories().values() for id_ in history}

    def balls(self) -> dict[str, tuple[int, int, str]]:
        """Version, steps and note of each ball at its publisher."""
        return {key: _state(enumerate(rolls, 1)) for key, rolls in self.rolls.items() if rolls}

    def copies(self) -> dict[str, tuple[int, int, str]]:
        """The same at the reader: without what was discarded, and up to what fails for ever."""
        applied = {key: self.applied(key) for key in self.rolls}
        return {key: _state(rolls) for key, rolls in applied.items() if rolls}

    def owners(self) -> dict[str, tuple[int, str]]:
        """Version and name of each owner, at the publisher and at every reader."""
        return {key: (len(names), names[-1].name) for key, names in self.namings.items() if names}

    def applied(self, ball: str) -> list[tuple[int, Roll]]:
        """The rolls of a ball that shall have their effect, with their versions."""
        applied: list[tuple[int, Roll]] = []
        for version, one in enumerate(self.rolls.get(ball, []), 1):
            if (ball, version) in self.discarded:
                continue
            if (ball, version) in self.failing:
                break
            applied.append((version, one))
        return applied

    def filled(self, ball: str) -> list[UUID]:
        """The events that `shelf` shall have emitted because of a ball, in order."""
        return [one.fills for _, one in self.applied(ball) if one.fills]

    def waiting(self) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
        """The (ball, version) pairs that are dead letters, and those that queue behind them."""
        dead, queued = set[tuple[str, int]](), set[tuple[str, int]]()
        for ball, rolls in self.rolls.items():
            stuck = False
            for version in range(1, len(rolls) + 1):
                at = (ball, version)
                if at in self.discarded:
                    continue
                if stuck:
                    queued.add(at)
                elif at in self.failing:
                    stuck = True
                    dead.add(at)
        return dead, queued


def _state(rolls: Iterable[tuple[int, Roll]]) -> tuple[int, int, str]:
    some = list(rolls)
    version, last = some[-1]
    note = CALLED_BEFORE if last.note is None else last.note
    return version, sum(one.steps for _, one in some), note
