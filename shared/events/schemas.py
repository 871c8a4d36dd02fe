"""Contracts as documents: a JSON Schema per event, and one AsyncAPI 3.0 document of all topics.

They are generated, never written: `tongxing contracts schemas` and `tongxing contracts asyncapi` print them.
`compatibility` compares them with what was released.
"""

from collections.abc import Iterable, Mapping
from inspect import cleandoc
from typing import Any

import msgspec

from shared.events.contract import Contract, Topic

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_REF = "#/components/schemas/{name}"


def document(contract: Contract) -> dict[str, Any]:
    """All that others rely on of one event: its type, topic, key and the schema of its data."""
    return {
        "type": contract.type,
        "topic": contract.topic.name,
        "compacted": contract.topic.compacted,
        "partitions": contract.topic.partitions,
        "key": contract.key,
        "schema": json_schema(contract),
    }


def json_schema(contract: Contract) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the event's data, complete in itself."""
    (root,), definitions = msgspec.json.schema_components([contract.event], ref_template="#/$defs/{name}")
    name = root.get("$ref", "").rpartition("/")[2]
    body = definitions.pop(name) if name else root
    schema = {"$schema": _DIALECT, "$id": f"urn:tongxing:{contract.type}", **body, "title": contract.type}
    return {**schema, "$defs": definitions} if definitions else schema


def asyncapi(contracts: Iterable[Contract], *, version: str) -> dict[str, Any]:
    """The AsyncAPI 3.0 document of these contracts. version: of what is described."""
    known = sorted(contracts, key=lambda contract: contract.type)
    events = [contract.event for contract in known]
    roots, schemas = msgspec.json.schema_components(events, ref_template=_REF)
    by_topic: dict[Topic, list[Contract]] = {}
    for contract in known:
        by_topic.setdefault(contract.topic, []).append(contract)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tongxing events",
            "version": version,
            "description": "What Tongxing's services tell each other: CloudEvents 1.0 in Kafka's binary mode, "
            "one topic per kind of aggregate, keyed by the aggregate's id.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, of_topic) for topic, of_topic in by_topic.items()},
        "operations": {
            f"publish-{topic.name}": {
                "action": "send",
                "summary": f"{topic.publisher} alone publishes here.",
                "channel": {"$ref": f"#/channels/{topic.name}"},
            }
            for topic in by_topic
        },
        "components": {
            "messages": {
                contract.type: _message(contract, root) for contract, root in zip(known, roots, strict=True)
            },
            "schemas": {**schemas, "Envelope": _ENVELOPE},
        },
    }


def _channel(topic: Topic, contracts: Iterable[Contract]) -> dict[str, Any]:
    kept_ms = -1 if topic.retention is None else int(topic.retention.total_seconds() * 1000)
    kept = "the newest of every key" if topic.compacted else str(topic.retention or "for ever")
    return {
        "address": topic.name,
        "description": f"Kept: {kept}. A copy {'can' if topic.rebuildable else 'cannot'} be rebuilt from its start.",
        "messages": {
            contract.type: {"$ref": f"#/components/messages/{contract.type}"} for contract in contracts
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["compact" if topic.compacted else "delete"],
                    "retention.ms": kept_ms,
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(contract: Contract, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": contract.type,
        "title": contract.event.__name__,
        "summary": cleandoc(contract.event.__doc__ or contract.event.__name__).partition("\n")[0],
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/Envelope"},
        "payload": dict(payload),
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": f"The event's {contract.key}."},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _text(description: str, **more: str) -> dict[str, str]:
    return {"type": "string", "description": description, **more}


_ENVELOPE: dict[str, Any] = {
    "title": "CloudEvents attributes, as Kafka headers",
    "type": "object",
    "required": [
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_specversion",
        "ce_subject",
        "ce_time",
        "ce_sequence",
        "ce_actor",
    ],
    "properties": {
        "ce_id": _text("The event's id: a duplicate has the same.", format="uuid"),
        "ce_source": _text("The service that published it, as /scheduling."),
        "ce_type": _text("The type with its major version."),
        "ce_specversion": _text("Always 1.0."),
        "ce_subject": _text("The aggregate's id."),
        "ce_time": _text("When it happened, in UTC.", format="date-time"),
        "ce_partitionkey": _text("The aggregate's id."),
        "ce_sequence": _text("The aggregate's version that the event led to."),
        "ce_actor": _text("Who did it, as kind:id."),
        "ce_traceparent": _text("W3C trace context."),
        "content-type": _text("Always application/json."),
    },
}
