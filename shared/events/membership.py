"""This process's membership in its service's group: which partitions it has, and from where it reads them.

A partition that was assigned delivers nothing before it was placed at the service's own position. What must be
read again (the database was away, a position lies further back) is placed again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from shared.db import Database
from shared.events import stops
from shared.events.broker import Broker, Member
from shared.events.placement import place
from shared.events.positions import Position
from shared.events.record import Stretch, TopicPartition
from shared.text import Sentence


class Membership:
    """One member of the group `consumer`. The group is joined by the first `poll`."""

    def __init__(
        self, database: Database, broker: Broker, *, consumer: str, topics: Sequence[str], probe: timedelta
    ) -> None:
        """Prepare. probe: how long partitions whose records are gone wait before they are looked at again."""
        self._database, self._broker = database, broker
        self._consumer, self._topics, self._probe = consumer, topics, probe
        self._member: Member | None = None
        self._unplaced: set[TopicPartition] = set()
        self._idle_until: datetime | None = None
        #: Where each readable partition was placed, with the identity of the topic that is being read.
        self.placed: dict[TopicPartition, Position] = {}
        #: Partitions whose next records were deleted before they were read; they wait for an operator.
        self.gone: frozenset[TopicPartition] = frozenset()

    @property
    def idle(self) -> bool:
        """Whether it waits a while before it reads on."""
        return self._idle_until is not None and self._database.clock() < self._idle_until

    def poll(self, *, timeout: float, limit: int) -> list[Stretch]:
        """What came for the partitions that are placed. Raises BrokerUnavailable and Unavailable."""
        if self._member is None:
            self._member = self._broker.join(group=self._consumer, topics=self._topics)
        if self._idle_until is not None and not self.idle:
            self._idle_until = None
            self._member.resume(self._unplaced)
        self._place(self._member)
        polled = self._member.poll(timeout=timeout, limit=limit)
        for at in polled.revoked:
            self.placed.pop(at, None)
        self.gone -= polled.revoked
        self._unplaced = (self._unplaced - polled.revoked) | polled.assigned
        self._place(self._member)
        return [
            stretch
            for stretch in polled.stretches
            if stretch.place in self.placed and stretch.place not in self._unplaced
        ]

    def place_again(self, places: Iterable[TopicPartition]) -> None:
        """Read these from the service's own position again."""
        self._unplaced |= set(places)

    def rewind(self, wait: timedelta) -> None:
        """Forget what was fetched of every partition, and read on after a while."""
        self.place_again(self.placed)
        self._idle_for(wait)

    def commit(self, moved: Mapping[TopicPartition, Position]) -> None:
        """Tell the broker how far the group has come, for lag tools."""
        if self._member:
            self._member.commit({at: position.offset for at, position in moved.items()})

    def why_gone(self) -> Sentence | None:
        """The sentence about the first partition whose records are gone, if any is."""
        if not self.gone:
            return None
        with self._database.reading() as db:
            return next((stop.sentence for stop in stops.open_stops(db, self._consumer) if stop.place), None)

    def close(self) -> None:
        """Leave the group, so that the others take over at once."""
        if self._member:
            self._member.close()
            self._member = None

    def _place(self, member: Member) -> None:
        if not self._unplaced or self.idle:
            return
        found = place(self._database, self._broker, self._consumer, self._unplaced)
        for at, position in found.ready.items():
            self.placed[at] = position
            member.seek(at, position.offset)
        # The pause may have ended since the poll began: what is placed here is resumed here, or nobody does it.
        member.resume(found.ready)
        self._unplaced -= found.ready.keys()
        self.gone = (self.gone - found.ready.keys()) | frozenset(found.gone)
        if found.gone:
            self._idle_for(self._probe)

    def _idle_for(self, wait: timedelta) -> None:
        self._idle_until = self._database.clock() + wait
        if self._member:
            self._member.pause(self._unplaced)
