"""Reading a range of one log."""

import sqlite3
from typing import NamedTuple

import msgspec

from shared.events.embedded.schema import offset_of, row_id
from shared.events.record import StoredRecord, Stretch, TopicPartition

#: So many bytes of values end a stretch, whatever the limit: records of 1 MiB must not fill the memory.
STRETCH_BYTES = 16 * 1024 * 1024

_HEADERS = msgspec.msgpack.Decoder(tuple[tuple[str, bytes], ...])
_ENCODER = msgspec.msgpack.Encoder()


class Extent(NamedTuple):
    """A log: its id, its name for the world, and the offsets that it holds."""

    log: int
    place: TopicPartition
    first: int
    next: int


def packed(headers: tuple[tuple[str, bytes], ...]) -> bytes | None:
    """Headers as they lie in the file; None where there are none."""
    return _ENCODER.encode(headers) if headers else None


def stretch_of(db: sqlite3.Connection, extent: Extent, *, start: int, limit: int) -> Stretch:
    """The records of `extent` from `start` on, at most `limit`; in the transaction that read `extent`."""
    topic, partition = extent.place
    records: list[StoredRecord] = []
    size = 0
    for place, key, value, headers in db.execute(
        "SELECT place, key, value, headers FROM records WHERE place >= ? AND place < ? ORDER BY place LIMIT ?",
        (row_id(extent.log, start), row_id(extent.log, extent.next), limit),
    ):
        records.append(
            StoredRecord(
                topic=topic,
                partition=partition,
                offset=offset_of(place),
                key=key,
                value=value,
                headers=_HEADERS.decode(headers) if headers else (),
            )
        )
        size += len(value or b"")
        if size >= STRETCH_BYTES:
            break
    cut = len(records) == limit or size >= STRETCH_BYTES
    return Stretch(extent.place, start, records[-1].offset + 1 if cut else extent.next, tuple(records))
