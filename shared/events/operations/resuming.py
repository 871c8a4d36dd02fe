"""Ending stops: an operator says that a consumer may go on."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared.db import Database, Transaction
from shared.errors import Invalid, Refusal
from shared.events import positions, stops
from shared.events.broker import Broker, TopicInBroker
from shared.events.operations import decisions
from shared.events.positions import Gone, Position
from shared.events.stops import Stop
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class Resumed:
    """A stop that was ended; `skipped` is how many records, gone from the broker, are given up with it."""

    stop: Stop
    skipped: int


def open_stops(db: Session, service: str) -> list[Stop]:
    """What keeps the service's consumer from going on."""
    return stops.open_stops(db, service)


def resume(
    database: Database, broker: Broker, service: str, *, ids: Collection[int] | None, actor: str, reason: str
) -> list[Resumed]:
    """End these stops, or all of the service for None; answers those that were open.

    Where records were deleted before they were read, the position moves to the log's start in the same
    transaction. Where everything failed, the consumer tries again. Raises Invalid without a reason, Refusal
    where the topic is missing, BrokerUnavailable and Unavailable.
    """
    if not reason.strip():
        raise Invalid(Sentence(zh="请写明理由。", en="Say why: a reason is missing."), field="reason")
    with database.reading() as db:
        known = stops.open_stops(db, service)
    topics = broker.describe({stop.place.topic for stop in known if stop.place})

    def end(tx: Transaction) -> list[Resumed]:
        ended = []
        for stop in stops.open_stops(tx.db, service):
            if ids is None or stop.id in ids:
                skipped = _move_past(tx, service, stop, topics)
                stops.end(tx.db, stop.id, by=tx.actor, reason=reason, now=tx.now)
                decisions.keep(
                    tx, service, "resumed", [{"topic": stop.place and stop.place.topic}], reason=reason
                )
                ended.append(Resumed(stop, skipped))
        return ended

    return database.run(end, actor=actor)


def _move_past(tx: Transaction, service: str, stop: Stop, topics: dict[str, TopicInBroker]) -> int:
    """Move the position of a stop's place to the log's start if it lies before it; answers what is skipped."""
    if stop.place is None:
        return 0
    topic = topics.get(stop.place.topic)
    span = None if topic is None else topic.spans.get(stop.place.partition)
    if topic is None or span is None:
        raise Refusal(
            Sentence(
                zh=f"消息服务中没有 {stop.place.topic} 的分区 {stop.place.partition}，请先执行 tongxing topics apply。",
                en=f"The broker has no partition {stop.place.partition} of {stop.place.topic}: "
                "run tongxing topics apply first.",
            )
        )
    held = positions.lock(tx.db, service, [stop.place]).get(stop.place)
    match positions.resume_at(held, identity=topic.identity, span=span):
        case Gone(records):
            positions.move(tx.db, service, {stop.place: Position(topic.identity, span.start)})
            return records
        case _:  # it was put right meanwhile; the consumer finds its place by itself
            return 0
