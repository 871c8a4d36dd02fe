"""A member of a group on the embedded log."""

import sqlite3
import time
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress

from shared.events.broker import BrokerUnavailable, Polled
from shared.events.embedded import groups
from shared.events.embedded.file import LogFile, Session
from shared.events.embedded.heartbeat import Heartbeat
from shared.events.embedded.reading import Extent, stretch_of
from shared.events.embedded.wakeup import Wakeup
from shared.events.record import Stretch, TopicPartition

#: Waiting looks at the file each `QUIET_SHARE` of the time that it has been quiet, between these bounds:
#: after a busy moment an event of another process is seen in milliseconds, and idling costs next to nothing.
SHORTEST_WAIT = 0.002
LONGEST_WAIT = 0.05
QUIET_SHARE = 0.01


class EmbeddedMember:
    """See `shared.events.broker.Member`."""

    def __init__(
        self, *, file: LogFile, group: str, topics: Iterable[str], heartbeat: Heartbeat, wakeup: Wakeup
    ) -> None:
        """Join the group. Raises BrokerUnavailable."""
        self._group = group
        self._topics = frozenset(topics)
        self._heartbeat = heartbeat
        self._wakeup = wakeup
        self._session = Session(file, durable=False)
        self._id = ""
        self._logs: dict[int, TopicPartition] = {}
        self._positions: dict[TopicPartition, int] = {}
        self._paused: set[TopicPartition] = set()
        self._turn = 0
        self._busy_at = time.monotonic()
        self._join()

    def poll(self, *, timeout: float, limit: int) -> Polled:
        """See `Member.poll`."""
        deadline = time.monotonic() + timeout
        while True:
            self._heartbeat.polled(self._id)
            rings = self._wakeup.rings
            self._session.changed()
            polled = self._look(limit)
            now = time.monotonic()
            if polled != Polled():
                self._busy_at = now
                return polled
            if now >= deadline:
                return polled
            self._wait(deadline, rings)

    def seek(self, place: TopicPartition, offset: int) -> None:
        """See `Member.seek`."""
        if place in self._logs.values():
            self._positions[place] = offset

    def pause(self, places: Iterable[TopicPartition]) -> None:
        """See `Member.pause`."""
        self._paused.update(places)

    def resume(self, places: Iterable[TopicPartition]) -> None:
        """See `Member.resume`."""
        self._paused.difference_update(places)

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """See `Member.commit`."""
        logs = {place: log for log, place in self._logs.items()}
        rows = [(self._group, logs[place], offset) for place, offset in offsets.items() if place in logs]
        with suppress(BrokerUnavailable), self._session.writing() as db:
            # A log that was deleted meanwhile takes no commit: its id finds nothing.
            db.executemany(
                "INSERT INTO commits SELECT ?1, id, ?3 FROM logs WHERE id = ?2"
                " ON CONFLICT (consumers, log) DO UPDATE SET next = excluded.next",
                rows,
            )

    def close(self) -> None:
        """See `Member.close`."""
        self._heartbeat.forget(self._id)
        # Where the file is away, the lease runs out by itself.
        with suppress(BrokerUnavailable), self._session.writing() as db:
            groups.leave(db, group=self._group, member=self._id)
        self._session.close()
        self._wakeup.ring()

    def _join(self) -> None:
        self._heartbeat.forget(self._id)
        self._id = str(uuid.uuid4())
        until = time.monotonic() + self._heartbeat.lease
        with self._session.writing() as db:
            groups.join(db, group=self._group, member=self._id, topics=self._topics, lease_until=until)
        self._heartbeat.polled(self._id)
        self._wakeup.ring()

    def _look(self, limit: int) -> Polled:
        """What there is now, in one transaction that also sees which logs are this member's."""
        with self._session.reading() as db:
            rows = db.execute(
                "SELECT log, owner, heir, topic, partition, first, next FROM claims JOIN logs ON id = log"
                " WHERE consumers = ?1 AND (owner = ?2 OR heir = ?2)",
                (self._group, self._id),
            ).fetchall()
            here = db.execute("SELECT 1 FROM members WHERE id = ?", (self._id,)).fetchone()
            mine = [row for row in rows if row[1] == self._id]
            settled = all(heir == self._id for _, _, heir, *_ in mine) and all(owner for _, owner, *_ in rows)
            if here and settled and self._logs.keys() == {row[0] for row in mine}:
                extents = [Extent(row[0], TopicPartition(row[3], row[4]), row[5], row[6]) for row in mine]
                return self._without_the_lost(extents, self._stretches(db, extents, limit))
        return self._settled(still_member=bool(here))

    def _settled(self, *, still_member: bool) -> Polled:
        """Hand over and take over; what has changed for the caller."""
        if not still_member:
            self._join()
        with self._session.writing() as db:
            groups.settle(db, group=self._group, member=self._id)
            rows = db.execute(
                "SELECT log, topic, partition FROM claims JOIN logs ON id = log WHERE consumers = ? AND owner = ?",
                (self._group, self._id),
            ).fetchall()
        self._wakeup.ring()
        owned = {log: TopicPartition(topic, partition) for log, topic, partition in rows}
        # Whoever was thrown out for a while cannot know what the others read meanwhile.
        kept = self._logs.keys() & owned.keys() if still_member else set[int]()
        revoked = frozenset(place for log, place in self._logs.items() if log not in kept)
        assigned = frozenset(place for log, place in owned.items() if log not in kept)
        self._logs = owned
        self._forget(revoked | assigned)
        return Polled(assigned=assigned, revoked=revoked)

    def _without_the_lost(self, extents: list[Extent], stretches: tuple[Stretch, ...]) -> Polled:
        """Take away and give back the logs that no longer hold this member's offset."""
        lost = frozenset(
            extent.place
            for extent in extents
            if not extent.first <= self._positions.get(extent.place, extent.first) <= extent.next
        )
        self._forget(lost)
        self._positions.update({stretch.place: stretch.end for stretch in stretches})
        return Polled(assigned=lost, revoked=lost, stretches=stretches)

    def _stretches(self, db: sqlite3.Connection, extents: list[Extent], limit: int) -> tuple[Stretch, ...]:
        """At most `limit` records, of another log first each time, so that none starves the others."""
        ready = [
            extent
            for extent in extents
            if extent.place not in self._paused
            and extent.first <= self._positions.get(extent.place, extent.next) < extent.next
        ]
        self._turn += 1
        stretches: list[Stretch] = []
        for index in range(len(ready)):
            if limit <= 0:
                break
            extent = ready[(index + self._turn) % len(ready)]
            stretch = stretch_of(db, extent, start=self._positions[extent.place], limit=limit)
            limit -= len(stretch.records)
            stretches.append(stretch)
        return tuple(stretches)

    def _forget(self, places: Iterable[TopicPartition]) -> None:
        for place in places:
            self._positions.pop(place, None)
            self._paused.discard(place)

    def _wait(self, deadline: float, rings: int) -> None:
        """Return when the file has changed or the deadline is there."""
        while not self._session.changed():
            now = time.monotonic()
            if now >= deadline:
                return
            wait = min(max((now - self._busy_at) * QUIET_SHARE, SHORTEST_WAIT), LONGEST_WAIT, deadline - now)
            if self._wakeup.wait(since=rings, timeout=wait):
                return
