"""One transaction of a consumer: positions, inbox, parking, effects and their own events, together or not at all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from shared.events import inbox, parking, positions
from shared.events.handling import CannotBeRead, Handling, NotOurs, Readable, Unreadable
from shared.events.positions import Position
from shared.events.record import StoredRecord, Stretch, TopicPartition
from shared.observe import metrics


@dataclass(slots=True)
class Applied:
    """What a committed batch did.

    moved: where to commit to the broker. lagging: partitions to place again, because their position in the
    database is before the stretch (a restored database, a transaction that never committed). outcomes: how
    many records ended how.
    """

    moved: dict[TopicPartition, Position] = field(default_factory=dict)
    lagging: set[TopicPartition] = field(default_factory=set)
    outcomes: Counter[metrics.Outcome] = field(default_factory=Counter)


def apply(
    db: Session,
    handling: Handling,
    stretches: Sequence[Stretch],
    *,
    placed: Mapping[TopicPartition, Position],
    now: datetime,
) -> Applied:
    """Apply the stretches and move the positions past them, in the session's transaction.

    placed: where this member began with each partition, so that the topic's identity is the one that was
    fetched from; a position of another identity is not touched. Raises CannotBeRead, or what a reaction raises: the caller rolls everything back.
    """
    done = Applied()
    held = positions.lock(db, handling.consumer, [stretch.place for stretch in stretches])
    records: list[StoredRecord] = []
    for stretch in stretches:
        position = held.get(stretch.place)
        if position is None or position.identity != placed[stretch.place].identity:
            continue  # placed again by somebody else meanwhile; this fetch is of yesterday
        if position.offset < stretch.start:
            done.lagging.add(stretch.place)
            continue
        records += (record for record in stretch.records if record.offset >= position.offset)
        if stretch.end > position.offset:
            done.moved[stretch.place] = replace(position, offset=stretch.end)
    _apply_records(db, handling, records, done, now=now)
    if done.moved:
        positions.move(db, handling.consumer, done.moved)
    return done


def _apply_records(
    db: Session, handling: Handling, records: Sequence[StoredRecord], done: Applied, *, now: datetime
) -> None:
    reads = [handling.read(record) for record in records]
    ids = [read.envelope.id for read in reads if isinstance(read, Readable) and not read.by_version]
    known = inbox.known(db, handling.consumer, ids)
    blocked, kept = parking.standing(
        db,
        handling.consumer,
        topics={record.topic for record in records},
        event_ids=[read.event_id for read in reads if read.event_id],
    )
    applied: list[str] = []
    for record, read in zip(records, reads, strict=True):
        if isinstance(read, NotOurs):
            done.outcomes["ignored"] += 1
        elif read.event_id in known or read.event_id in kept:
            done.outcomes["skipped"] += 1
        elif read.type is not None and (record.topic, parking.key_text(record)) in blocked:
            parking.queue(db, handling.consumer, record, event_id=read.event_id, type_=read.type, now=now)
            if read.event_id:
                kept.add(read.event_id)
            done.outcomes["parked"] += 1
        elif isinstance(read, Unreadable):
            raise CannotBeRead(read)
        else:
            handling.apply(db, read, now=now)
            if not read.by_version:
                known.add(read.event_id)
                applied.append(read.event_id)
            done.outcomes["applied"] += 1
    inbox.remember(db, handling.consumer, applied, at=now)
