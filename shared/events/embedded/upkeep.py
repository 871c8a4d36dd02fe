"""Forgetting: retention by age, and compaction. Small transactions, so that publishers hardly wait."""

from datetime import datetime

from shared.events.embedded.file import Session
from shared.events.embedded.reading import Extent
from shared.events.embedded.schema import offset_of, row_id
from shared.events.embedded.topics import cut_log
from shared.events.record import TopicPartition

#: How many records one transaction deletes or compares at most.
CHUNK = 5_000


def maintain(session: Session, *, now: datetime) -> None:
    """Delete what is older than its topic's retention, and what a newer record of its key has replaced."""
    with session.reading() as db:
        logs = db.execute(
            "SELECT id, topic, partition, retention_seconds, compacted FROM logs JOIN topics ON name = topic"
        ).fetchall()
    for log, topic, partition, retention, compacted in logs:
        if retention is not None:
            while _expired(session, log, TopicPartition(topic, partition), now.timestamp() - retention):
                pass
        if compacted:
            _compact(session, log)


def _expired(session: Session, log: int, place: TopicPartition, before: float) -> bool:
    """Delete at most CHUNK records from the start that were written before `before`; whether some may be left."""
    with session.writing() as db:
        span = db.execute("SELECT first, next FROM logs WHERE id = ?", (log,)).fetchone()
        if span is None:
            return False
        extent = Extent(log, place, *span)
        last = None
        count = 0
        for row, written in db.execute(
            "SELECT place, written FROM records WHERE place >= ? AND place < ? ORDER BY place LIMIT ?",
            (row_id(log, extent.first), row_id(log, extent.next), CHUNK),
        ):
            if written >= before:
                break
            last = offset_of(row)
            count += 1
        if last is not None:
            cut_log(db, extent, last + 1)
        return count == CHUNK


def _compact(session: Session, log: int) -> None:
    """Delete the records that have a newer one of the same key.

    Which are newest is read beforehand: a record that comes meanwhile only makes one more of them old,
    and that one waits for the next time.
    """
    bounds = row_id(log, 0), row_id(log + 1, 0)
    with session.reading() as db:
        old = db.execute(
            "SELECT place FROM records WHERE place >= ?1 AND place < ?2 AND key IS NOT NULL EXCEPT"
            " SELECT max(place) FROM records WHERE place >= ?1 AND place < ?2 GROUP BY key",
            bounds,
        ).fetchall()
    for start in range(0, len(old), CHUNK):
        with session.writing() as db:
            db.executemany("DELETE FROM records WHERE place = ?", old[start : start + CHUNK])
