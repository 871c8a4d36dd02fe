"""What is done with one record: read it, decide, apply its reaction. Knows nothing of polls and positions."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from shared.db.transaction import Cause, Emitter, Transaction
from shared.events.contract import Event, Registry
from shared.events.envelope import Envelope, NoEvent, open_envelope
from shared.events.parking import Failure
from shared.events.record import MAX_RECORD_BYTES, StoredRecord
from shared.observe import metrics
from shared.observe.traces import current_traceparent, span
from shared.service import Reaction


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that can never be applied. `type` is known where its key means something."""

    failure: Failure
    event_id: str | None = None
    type: str | None = None


class CannotBeRead(Exception):
    """A record can never be applied; `read` says why."""

    def __init__(self, read: Unreadable) -> None:
        """Carry what was found."""
        super().__init__(read.failure.sentence)
        self.read = read


@dataclass(frozen=True, slots=True)
class NotOurs:
    """A known event that this service does not react to."""

    event_id: str
    type: str


@dataclass(frozen=True, slots=True)
class Readable:
    """An event with its reaction; `by_version`: a whole state, which needs no inbox."""

    envelope: Envelope
    event: Event
    by_version: bool

    @property
    def event_id(self) -> str:
        """The id by which a duplicate is known."""
        return self.envelope.id

    @property
    def type(self) -> str:
        """The CloudEvents type."""
        return self.envelope.type


Read = Unreadable | NotOurs | Readable


@dataclass(frozen=True, slots=True)
class Handling:
    """How one consumer reads and applies records: its name, its reactions and the contracts it knows."""

    consumer: str
    reactions: Mapping[type[Event], Reaction]
    registry: Registry
    emitter: Emitter

    @property
    def actor(self) -> str:
        """The actor of what the consumer does by itself."""
        return f"service:{self.consumer}"

    def read(self, record: StoredRecord) -> Read:
        """Say what a record is. Never raises for what a stranger may have written."""
        try:
            envelope = open_envelope(record)
        except NoEvent as error:
            return Unreadable(final(error))
        contract = self.registry.named(envelope.type)
        if contract is None:
            return Unreadable(
                final(
                    NoEvent(
                        f"Nobody here knows the type {envelope.type}: is this service older than its publisher?"
                    )
                ),
                envelope.id,
            )
        if contract.event not in self.reactions:
            return NotOurs(envelope.id, envelope.type)
        size = len(record.value or b"")
        if size > MAX_RECORD_BYTES:
            return Unreadable(
                final(NoEvent(f"The event has {size} bytes and the limit is {MAX_RECORD_BYTES}.")),
                envelope.id,
                envelope.type,
            )
        try:
            event = contract.decode(record.value or b"")
        except msgspec.DecodeError as error:
            return Unreadable(
                final(NoEvent(f"The data breaks the contract of {envelope.type}: {error}.")),
                envelope.id,
                envelope.type,
            )
        return Readable(envelope, event, by_version=contract.topic.compacted)

    def apply(self, db: Session, read: Readable, *, now: datetime) -> None:
        """Let the reaction answer, in the session's transaction. Raises what the reaction raises."""
        envelope = read.envelope
        with (
            span(envelope.type, traceparent=envelope.traceparent),
            bound_contextvars(event_id=envelope.id, event_type=envelope.type),
            metrics.HANDLER_SECONDS.labels(self.consumer, envelope.type).time(),
        ):
            self.reactions[type(read.event)](
                Transaction(
                    db=db,
                    now=now,
                    actor=envelope.actor,
                    emitter=self.emitter,
                    cause=Cause(envelope.id, self.consumer, envelope.time),
                    traceparent=current_traceparent(),
                ),
                read.event,
            )


def final(error: Exception) -> Failure:
    """A failure that trying again cannot mend."""
    return Failure(sentence=str(error), stack=_stack(error), final=True)


def passing(error: Exception) -> Failure:
    """A failure of a reaction: another try may succeed."""
    return Failure(sentence=f"{type(error).__name__}: {error}", stack=_stack(error), final=False)


def _stack(error: Exception) -> str:
    return "".join(traceback.format_exception(error))
