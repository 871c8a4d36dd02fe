"""The door of the embedded broker."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from shared.events.broker import Acked, BrokerUnavailable, Failed, TopicInBroker
from shared.events.contract import Topic
from shared.events.embedded import topics as topics_in
from shared.events.embedded.file import LogFile, Session
from shared.events.embedded.heartbeat import Heartbeat
from shared.events.embedded.member import EmbeddedMember
from shared.events.embedded.publishing import append
from shared.events.embedded.upkeep import maintain
from shared.events.embedded.wakeup import Wakeup
from shared.events.record import Record, Stretch, TopicPartition


class EmbeddedBroker:
    """See `shared.events.broker.Broker`. Any number of processes of one machine may share the file.

    An ack means that the record has reached the disk (`synchronous=FULL`). The file must lie on a local
    disk: SQLite's shared memory does not work over a network.
    """

    def __init__(self, path: Path, *, lease: float = 6.0) -> None:
        """Open nothing yet.

        lease: after so many seconds without a sign of life a member's partitions go to the others.
        """
        self._file = LogFile(path)
        self._session = Session(self._file, durable=True)
        self._lock = threading.Lock()
        self._wakeup = Wakeup()
        self._heartbeat = Heartbeat(self._file, lease=lease)

    def publish(self, records: Sequence[Record]) -> list[Acked | Failed]:
        """See `Broker.publish`. A batch is one transaction."""
        if not records:
            return []
        try:
            with self._alone() as session, session.writing() as db:
                answers = append(db, records)
        except BrokerUnavailable as error:
            return [Failed(str(error), own_fault=False)] * len(records)
        self._wakeup.ring()
        return answers

    def join(self, *, group: str, topics: Iterable[str]) -> EmbeddedMember:
        """See `Broker.join`."""
        return EmbeddedMember(
            file=self._file, group=group, topics=topics, heartbeat=self._heartbeat, wakeup=self._wakeup
        )

    def describe(self, topics: Iterable[str]) -> dict[str, TopicInBroker]:
        """See `Broker.describe`."""
        with self._alone() as session, session.reading() as db:
            return topics_in.describe(db, topics)

    def apply(self, topics: Iterable[Topic]) -> list[str]:
        """See `Broker.apply`."""
        with self._alone() as session, session.writing() as db:
            changes = topics_in.apply(db, topics)
        self._wakeup.ring()
        return changes

    def delete_topic(self, name: str) -> None:
        """Delete a topic and all that is in it, as Kafka's own tools do for Kafka."""
        with self._alone() as session, session.writing() as db:
            topics_in.delete(db, name)
        self._wakeup.ring()

    def read(self, topic: str, partition: int, *, start: int, limit: int) -> Stretch:
        """See `Broker.read`."""
        with self._alone() as session, session.reading() as db:
            return topics_in.read(db, TopicPartition(topic, partition), start=start, limit=limit)

    def committed(self, *, group: str, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """See `Broker.committed`."""
        wanted = set(topics)
        with self._alone() as session, session.reading() as db:
            rows = db.execute(
                "SELECT topic, partition, commits.next FROM commits JOIN logs ON id = log WHERE consumers = ?",
                (group,),
            ).fetchall()
        return {
            TopicPartition(topic, partition): offset for topic, partition, offset in rows if topic in wanted
        }

    def delete_records(self, before: Mapping[TopicPartition, int]) -> None:
        """See `Broker.delete_records`."""
        with self._alone() as session, session.writing() as db:
            topics_in.cut(db, before)

    def maintain(self, *, now: datetime) -> None:
        """See `Broker.maintain`."""
        with self._alone() as session:
            maintain(session, now=now)

    def ping(self) -> None:
        """See `Broker.ping`."""
        with self._alone() as session, session.reading() as db:
            db.execute("SELECT 1 FROM topics").fetchone()

    def close(self) -> None:
        """See `Broker.close`."""
        self._heartbeat.stop()
        with self._alone() as session:
            session.close()

    def __enter__(self) -> Self:
        """The broker itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    @contextmanager
    def _alone(self) -> Iterator[Session]:
        """The session that all threads but the members' share, one at a time."""
        with self._lock:
            yield self._session
