"""Appending a batch to the embedded log."""

import sqlite3
import time
from collections.abc import Sequence

from shared.events.broker import Acked, Failed
from shared.events.embedded.reading import packed
from shared.events.embedded.schema import row_id
from shared.events.order import KeyOrder
from shared.events.partitioning import partition_of
from shared.events.record import Record, TopicPartition

Row = tuple[int, float, bytes, bytes, bytes | None]


class _Topic:
    """A topic's logs by partition, and where each goes on."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        rows = db.execute("SELECT id, next FROM logs WHERE topic = ? ORDER BY partition", (name,)).fetchall()
        self.logs = [log for log, _ in rows]
        self.next = [next_ for _, next_ in rows]


def append(db: sqlite3.Connection, records: Sequence[Record]) -> list[Acked | Failed]:
    """Append in the caller's writing transaction; the answers hold once it has committed."""
    written = time.time()
    topics: dict[str, _Topic] = {}
    order = KeyOrder()
    answers: list[Acked | Failed] = []
    rows: list[Row] = []
    for record in records:
        topic = topics.get(record.topic)
        if topic is None:
            topic = topics[record.topic] = _Topic(db, record.topic)
        failed = order.refusal(record, exists=bool(topic.logs))
        if failed is not None:
            answers.append(failed)
            continue
        partition = partition_of(record.key, partitions=len(topic.logs))
        offset = topic.next[partition]
        topic.next[partition] = offset + 1
        rows.append(
            (row_id(topic.logs[partition], offset), written, record.key, record.value, packed(record.headers))
        )
        answers.append(Acked(TopicPartition(record.topic, partition), offset))
    db.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", rows)
    db.executemany(
        "UPDATE logs SET next = ? WHERE id = ?",
        [
            (next_, log)
            for topic in topics.values()
            for next_, log in zip(topic.next, topic.logs, strict=True)
        ],
    )
    return answers
