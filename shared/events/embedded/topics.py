"""Topics of the embedded log: made, described, read and cut."""

import sqlite3
import uuid
from collections.abc import Iterable, Mapping

from shared.events.broker import Span, TopicInBroker, TopicMismatch
from shared.events.contract import Topic
from shared.events.embedded import groups
from shared.events.embedded.reading import Extent, stretch_of
from shared.events.embedded.schema import row_id
from shared.events.record import Stretch, TopicPartition


def describe(db: sqlite3.Connection, names: Iterable[str]) -> dict[str, TopicInBroker]:
    """The topics that exist among `names`."""
    found: dict[str, TopicInBroker] = {}
    for name in names:
        topic = db.execute("SELECT identity FROM topics WHERE name = ?", (name,)).fetchone()
        if topic is not None:
            spans = {extent.place.partition: Span(extent.first, extent.next) for extent in _extents(db, name)}
            found[name] = TopicInBroker(name, topic[0], spans)
    return found


def apply(db: sqlite3.Connection, topics: Iterable[Topic]) -> list[str]:
    """Make and change what is declared otherwise; a sentence for each change."""
    declared = list(topics)
    there = describe(db, [topic.name for topic in declared])
    for topic in declared:
        if topic.name in there and len(there[topic.name].spans) != topic.partitions:
            raise TopicMismatch(
                f"{topic.name} has {len(there[topic.name].spans)} partitions and is declared with {topic.partitions}:"
                " the partitions of a keyed topic never change."
            )
    changes: list[str] = []
    for topic in declared:
        kept = (topic.retention.total_seconds() if topic.retention else None, int(topic.compacted))
        if topic.name not in there:
            _make(db, topic, kept)
            changes.append(f"{topic.name}: made with {topic.partitions} partitions.")
        elif (
            kept
            != db.execute(
                "SELECT retention_seconds, compacted FROM topics WHERE name = ?", (topic.name,)
            ).fetchone()
        ):
            db.execute(
                "UPDATE topics SET retention_seconds = ?, compacted = ? WHERE name = ?", (*kept, topic.name)
            )
            changes.append(f"{topic.name}: retention and compaction changed.")
    groups.divide_all(db, topics=[topic.name for topic in declared if topic.name not in there])
    return changes


def delete(db: sqlite3.Connection, name: str) -> None:
    """Delete a topic with its records; its members learn of it in their next poll."""
    for extent in _extents(db, name):
        db.execute(
            "DELETE FROM records WHERE place >= ? AND place < ?",
            (row_id(extent.log, 0), row_id(extent.log + 1, 0)),
        )
    db.execute("DELETE FROM topics WHERE name = ?", (name,))


def read(db: sqlite3.Connection, place: TopicPartition, *, start: int, limit: int) -> Stretch:
    """A stretch of one partition. Raises TopicMismatch where there is no such partition."""
    for extent in _extents(db, place.topic):
        if extent.place == place:
            return (
                stretch_of(db, extent, start=start, limit=limit)
                if start < extent.next
                else Stretch(place, start, start)
            )
    raise TopicMismatch(f"The broker has no partition {place.partition} of {place.topic}.")


def cut(db: sqlite3.Connection, before: Mapping[TopicPartition, int]) -> None:
    """Delete the records below each offset. Raises TopicMismatch for a compacted or missing topic."""
    for (name, partition), offset in before.items():
        topic = db.execute("SELECT compacted FROM topics WHERE name = ?", (name,)).fetchone()
        if topic is None or topic[0]:
            raise TopicMismatch(
                f"{name} is {'compacted: it never loses the newest of a key' if topic else 'missing'}."
            )
        for extent in _extents(db, name):
            if extent.place.partition == partition:
                cut_log(db, extent, offset)


def cut_log(db: sqlite3.Connection, extent: Extent, offset: int) -> None:
    """Delete the records of one log below `offset`."""
    first = max(extent.first, min(offset, extent.next))
    db.execute(
        "DELETE FROM records WHERE place >= ? AND place < ?",
        (row_id(extent.log, 0), row_id(extent.log, first)),
    )
    db.execute("UPDATE logs SET first = ? WHERE id = ?", (first, extent.log))


def _extents(db: sqlite3.Connection, topic: str) -> list[Extent]:
    return [
        Extent(log, TopicPartition(topic, partition), first, next_)
        for log, partition, first, next_ in db.execute(
            "SELECT id, partition, first, next FROM logs WHERE topic = ? ORDER BY partition", (topic,)
        )
    ]


def _make(db: sqlite3.Connection, topic: Topic, kept: tuple[float | None, int]) -> None:
    db.execute("INSERT INTO topics VALUES (?, ?, ?, ?)", (topic.name, str(uuid.uuid4()), *kept))
    db.executemany(
        "INSERT INTO logs (topic, partition) VALUES (?, ?)",
        [(topic.name, partition) for partition in range(topic.partitions)],
    )
