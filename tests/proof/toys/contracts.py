"""What the toys say to each other, in this release and in the one before."""

from uuid import UUID

from shared.events.contract import Contract, Event, Registry, Topic, published

BALLS = Topic("toys.balls", partitions=2)
OWNERS = Topic("toys.owners", partitions=1, compacted=True)
SHELVES = Topic("shelf.shelves", partitions=1)

NEW, OLD = Registry(), Registry()


@published("toys.ball.rolled.v1", on=BALLS, key="ball_id", registry=NEW)
class Rolled(Event, frozen=True, kw_only=True):
    """A ball was rolled so many steps."""

    ball_id: UUID
    steps: int
    note: str = "from an older release"


@published("toys.ball.rolled.v1", on=BALLS, key="ball_id", registry=OLD)
class RolledBefore(Event, frozen=True, kw_only=True):
    """The same event as the release before declared it: no note yet."""

    ball_id: UUID
    steps: int


@published("toys.owner.renamed.v1", on=OWNERS, key="owner_id", registry=NEW)
class Renamed(Event, frozen=True, kw_only=True):
    """The whole state of an owner."""

    owner_id: UUID
    name: str


@published("shelf.shelf.filled.v1", on=SHELVES, key="shelf_id", registry=NEW)
class Filled(Event, frozen=True, kw_only=True):
    """The shelf of a ball counted a roll of an even number of steps."""

    shelf_id: UUID
    steps: int


class BothReleases(Registry):
    """What a publisher knows of which replicas of both releases run side by side."""

    def of(self, event: type[Event]) -> Contract:
        """The contract under which each release would publish it."""
        return OLD.of(event) if event is RolledBefore else NEW.of(event)

    def named(self, type_: str) -> Contract | None:
        """The newer release's."""
        return NEW.named(type_)
