"""The envelope: CloudEvents 1.0 in Kafka's binary mode.

Attributes travel as `ce_…` headers, the data as JSON in the value, the aggregate's id as the key.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.base import Format
from cloudevents.core.v1.event import CloudEvent

from shared.events.contract import Contract, Event
from shared.events.record import StoredRecord

_JSON = "application/json"

#: Headers without which a record is no event of ours.
_REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_sequence", "ce_actor")

#: Versions that a database column holds.
_SEQUENCES = range(1, 2**31)


class NoEvent(Exception):
    """The record is no CloudEvent of ours; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What an event says about itself, beside its data.

    sequence: the aggregate's version. actor: who did it. traceparent: W3C trace context or None.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    actor: str
    traceparent: str | None = None


def seal(
    event: Event, contract: Contract, *, id_: str, time: datetime, actor: str, traceparent: str | None
) -> KafkaMessage:
    """The message that carries `event`: headers, key and value as they will lie in the broker."""
    subject = contract.key_of(event)
    attributes: dict[str, Any] = {
        "id": id_,
        "source": f"/{contract.publisher}",
        "type": contract.type,
        "specversion": "1.0",
        "subject": subject,
        "time": time.astimezone(UTC),
        "partitionkey": subject,
        "sequence": str(event.version),
        "actor": actor,
        "datacontenttype": _JSON,
    }
    if traceparent:
        attributes["traceparent"] = traceparent
    return to_binary(CloudEvent(attributes, msgspec.json.encode(event)), _RAW)


def open_envelope(record: StoredRecord) -> Envelope:
    """What the record says about itself. Raises NoEvent with what is missing or wrong."""
    headers = dict(record.headers)
    if not any(name.startswith("ce_") for name in headers):
        raise NoEvent("The record has no CloudEvents headers (ce_id, ce_type, …): it is no event.")
    # The library would make up an id and a time for a record that has none: a duplicate would look new.
    missing = [name for name in _REQUIRED if not headers.get(name)]
    if missing:
        raise NoEvent(f"The record's headers are missing or empty: {', '.join(missing)}.")
    if any(b"\x00" in value for value in headers.values()):
        raise NoEvent("A header of the record holds a zero byte, which no text of ours does.")
    try:
        event = from_binary(KafkaMessage(headers, record.key, record.value or b""), _RAW, CloudEvent)
        attributes = event.get_attributes()
        sequence = int(attributes["sequence"])
        if sequence not in _SEQUENCES:
            raise NoEvent(f"The record's version is {sequence}: versions count from 1.")
        return Envelope(
            id=attributes["id"],
            source=attributes["source"],
            type=attributes["type"],
            subject=attributes["subject"],
            time=attributes["time"],
            sequence=sequence,
            actor=attributes["actor"],
            traceparent=attributes.get("traceparent"),
        )
    except CloudEventValidationError as error:
        wrong = ", ".join(sorted(error.errors))
        raise NoEvent(f"The record's CloudEvents headers are missing or wrong: {wrong}.") from error
    except ValueError as error:  # a time, a sequence, or bytes that are no UTF-8
        raise NoEvent(f"A header of the record cannot be read: {error}.") from error


def pack_headers(headers: Iterable[tuple[str, bytes]]) -> bytes:
    """Headers as bytes for a column, exactly as they are (MessagePack)."""
    return msgspec.msgpack.encode(list(headers))


def unpack_headers(packed: bytes) -> tuple[tuple[str, bytes], ...]:
    """The headers that `pack_headers` wrote."""
    return _HEADERS.decode(packed)


_HEADERS = msgspec.msgpack.Decoder(tuple[tuple[str, bytes], ...])


class _Raw(Format):
    """Leaves the data as bytes: the contract's own decoder reads and checks them."""

    def write_data(self, data: object, datacontenttype: str | None) -> bytes:
        assert isinstance(data, bytes), datacontenttype  # noqa: S101
        return data

    def read_data(self, body: bytes, datacontenttype: str | None) -> bytes:  # noqa: ARG002  the library's signature
        return body

    def write(self, event: BaseCloudEvent) -> bytes:
        raise NotImplementedError(event)

    def read(self, event_factory: object, data: str | bytes) -> BaseCloudEvent:
        raise NotImplementedError(event_factory, data)

    def get_content_type(self) -> str:
        return _JSON


_RAW = _Raw()
