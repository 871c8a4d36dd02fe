"""Where a member begins with partitions that became its own: at its service's own position."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from shared.db import Database
from shared.events import positions, stops
from shared.events.broker import Broker, Span
from shared.events.positions import From, Gone, Position, resume_at
from shared.events.record import TopicPartition
from shared.text import Sentence

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Placement:
    """What can be read now, and the partitions whose records are gone and that wait for an operator."""

    ready: dict[TopicPartition, Position]
    gone: set[TopicPartition]


def place(database: Database, broker: Broker, consumer: str, places: Iterable[TopicPartition]) -> Placement:
    """Find the position of each place, set it where it has none or the broker was made anew.

    Places whose topic does not exist, or which another member moves right now, are in neither answer: ask
    again later. Raises BrokerUnavailable and Unavailable.
    """
    wanted = sorted(places)
    with database.reading() as db:
        before = positions.at(db, consumer, wanted)
    topics = broker.describe({place.topic for place in wanted})

    def settle(db: Session) -> Placement:
        held = positions.lock(db, consumer, wanted)
        found = Placement({}, set())
        for at in wanted:
            topic = topics.get(at.topic)
            span = topic.spans.get(at.partition) if topic is not None else None
            if topic is None or span is None or held.get(at) != before.get(at):
                continue  # missing; or moved since, and then the broker's end is of yesterday: ask again
            match resume_at(held.get(at), identity=topic.identity, span=span):
                case Gone(records):
                    found.gone.add(at)
                    stops.stop(
                        db, consumer, place=at, sentence=_gone(at, records, span), now=database.clock()
                    )
                case From(offset, anew):
                    found.ready[at] = Position(topic.identity, offset)
                    if anew:
                        log.warning("broker made anew", topic=at.topic, partition=at.partition, start=offset)
        moved = {at: position for at, position in found.ready.items() if position != held.get(at)}
        if moved:
            positions.move(db, consumer, moved)
        for stop in stops.open_stops(db, consumer):
            if stop.place in found.ready:  # the broker was made anew, or somebody moved the position
                stops.end(db, stop.id, by=f"service:{consumer}", reason="it reads on", now=database.clock())
        return found

    return database.within(settle)


def _gone(at: TopicPartition, records: int, span: Span) -> Sentence:
    return Sentence(
        zh=f"{at.topic} 分区 {at.partition} 有 {records} 条消息在读取之前已被删除（现从 {span.start} 开始）。"
        f"请让发布方补发（tongxing events republish），再执行 tongxing events resume。",
        en=f"{records} records of {at.topic}, partition {at.partition}, were deleted before they were read (it begins "
        f"at {span.start} now). Let the publisher say them again (tongxing events republish), then tongxing events resume.",
    )
