"""Contracts as documents, and what breaks somebody."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest

from shared.contracts import CONTRACTS
from shared.events.compatibility import breaking, released
from shared.events.contract import Contract, Event, Registry, Topic, published
from shared.events.examples import NoExample, example
from shared.events.schemas import asyncapi, document

KITES = Registry()
FLIGHTS = Topic("kites.flights", partitions=3, retention=timedelta(days=7))
COLOURS = Topic("kites.colours", partitions=1, compacted=True)


class Wind(Enum):
    LOW = "low"
    HIGH = "high"


class Leg(msgspec.Struct, frozen=True):
    metres: Annotated[int, msgspec.Meta(ge=10, le=5_000)]
    note: str | None = None


@published("kites.flight.landed.v1", on=FLIGHTS, key="kite_id", registry=KITES)
class FlightLanded(Event, frozen=True, kw_only=True):
    """A kite came down.

    The second paragraph is for readers of the code.
    """

    kite_id: UUID
    at: datetime
    day: date
    took: timedelta
    price: Decimal
    wind: Wind
    kind: Literal["box", "delta"]
    legs: list[Leg]
    names: dict[str, str]
    pair: tuple[int, str]
    far: Annotated[float, msgspec.Meta(gt=0.5)]
    safe: bool = True
    pilot: UUID | None = None


@published("kites.colour.chosen.v1", on=COLOURS, key="kite_id", registry=KITES)
class ColourChosen(Event, frozen=True, kw_only=True):
    kite_id: UUID
    colour: str


def landed() -> Contract:
    return KITES.of(FlightLanded)


@pytest.mark.parametrize("contract", [*KITES, *CONTRACTS], ids=lambda contract: contract.type)
def test_every_contract_has_an_example_that_survives_the_wire(contract: Contract) -> None:
    event = example(contract)
    assert contract.decode(msgspec.json.encode(event)) == event


def test_what_has_no_example_is_named() -> None:
    registry = Registry()

    @published("kites.kite.torn.v1", on=FLIGHTS, key="kite_id", registry=registry)
    class KiteTorn(Event, frozen=True, kw_only=True):
        kite_id: UUID
        photo: bytes

    with pytest.raises(NoExample, match="the field photo is a BytesType"):
        example(registry.of(KiteTorn))


def test_a_schema_is_complete_in_itself() -> None:
    schema = document(landed())["schema"]
    assert schema["title"] == "kites.flight.landed.v1"
    assert set(schema["$defs"]) == {"Leg", "Wind"}
    assert schema["properties"]["legs"]["items"] == {"$ref": "#/$defs/Leg"}
    assert "safe" not in schema["required"]
    assert "kite_id" in schema["required"]


def test_asyncapi_describes_topics_messages_and_envelope() -> None:
    spec = asyncapi(KITES, version="1.2.3")
    assert (spec["asyncapi"], spec["info"]["version"]) == ("3.0.0", "1.2.3")
    assert spec["channels"]["kites.flights"]["bindings"]["kafka"] == {
        "topic": "kites.flights",
        "partitions": 3,
        "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": 604_800_000},
        "bindingVersion": "0.5.0",
    }
    assert spec["channels"]["kites.colours"]["bindings"]["kafka"]["topicConfiguration"] == {
        "cleanup.policy": ["compact"],
        "retention.ms": -1,
    }
    message = spec["components"]["messages"]["kites.flight.landed.v1"]
    assert (message["summary"], message["headers"]) == (
        "A kite came down.",
        {"$ref": "#/components/schemas/Envelope"},
    )
    assert list(dangling(spec, spec)) == []


def dangling(part: object, whole: Mapping[str, Any]) -> list[str]:
    """The references of the document that lead nowhere."""
    if isinstance(part, list):
        return [each for item in part for each in dangling(item, whole)]
    if not isinstance(part, dict):
        return []
    found = [each for item in part.values() for each in dangling(item, whole)]
    if "$ref" in part:
        target: Any = whole
        for step in str(part["$ref"]).removeprefix("#/").split("/"):
            target = target.get(step, {})
        found += [] if target else [str(part["$ref"])]
    return found


def changed(path: str, value: object) -> dict[str, Any]:
    """The document with another value at `path`, or without it for None."""
    new = document(landed())
    *way, last = path.split("/")
    part = new
    for step in way:
        part = part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return new


def verdict(new: dict[str, Any] | None) -> list[str]:
    old = document(landed())
    return breaking({old["type"]: old}, {} if new is None else {old["type"]: new})


def test_the_same_breaks_nobody() -> None:
    assert verdict(document(landed())) == []


def test_a_new_field_with_a_default_breaks_nobody() -> None:
    assert verdict(changed("schema/properties/height", {"type": "integer", "default": 0})) == []


def test_words_for_readers_break_nobody() -> None:
    assert verdict(changed("schema/description", "Another sentence.")) == []


def without_required(name: str) -> dict[str, Any]:
    new = document(landed())
    new["schema"]["required"].remove(name)
    return new


def with_required(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    new = document(landed())
    new["schema"]["properties"][name] = schema
    new["schema"]["required"].append(name)
    return new


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("topic", "kites.landings", "its topic was 'kites.flights' and is 'kites.landings'"),
        ("key", "pilot", "its key was 'kite_id' and is 'pilot'"),
        ("schema/properties/safe", None, "safe is gone"),
        ("schema/properties/kind/enum", ["box"], 'kind had enum ["box", "delta"] and has ["box"]'),
        ("schema/properties/day/type", "integer", 'day had type "string" and has "integer"'),
        ("schema/$defs/Leg/properties/metres/maximum", 9, "legs.items.metres had maximum 5000 and has 9"),
        ("schema/$defs/Wind/enum", ["low", "high", "storm"], "wind had enum"),
        (
            "schema/properties/names/additionalProperties",
            {"type": "integer"},
            "names.additionalProperties had type",
        ),
        ("schema/properties/pilot/anyOf", [{"type": "string", "format": "uuid"}], "pilot had anyOf"),
    ],
)
def test_a_change_of_what_is_there_breaks_somebody(path: str, value: object, says: str) -> None:
    (sentence,) = verdict(changed(path, value))
    assert says in sentence


def test_a_field_that_must_be_there_breaks_who_reads_old_events() -> None:
    (sentence,) = verdict(with_required("height", {"type": "integer"}))
    assert "height is new and has no default" in sentence
    (sentence,) = verdict(with_required("safe", {"type": "boolean"}))
    assert "safe has lost its default" in sentence


def test_a_field_that_may_be_missing_breaks_who_requires_it() -> None:
    (sentence,) = verdict(without_required("wind"))
    assert "wind may be missing now" in sentence


def test_an_event_that_is_gone_breaks_its_readers() -> None:
    assert verdict(None) == [
        "kites.flight.landed.v1 is gone. Publish it beside its successor until no consumer is left."
    ]


def test_the_newest_release_counts(tmp_path: Path) -> None:
    assert released(tmp_path) == {}
    for version in ("0.9.0", "0.10.0"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "a.json").write_text(json.dumps({"type": "kites.a.b.v1", "version": version}))
    assert released(tmp_path) == {"kites.a.b.v1": {"type": "kites.a.b.v1", "version": "0.10.0"}}
