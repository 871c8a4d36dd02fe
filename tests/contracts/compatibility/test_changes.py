"""Each kind of change that docs/contracts.md names: what a release allows of the next one, and what it refuses."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import pytest

from shared.events.compatibility import released
from shared.events.contract import Event, Registry, Topic, published
from shared.events.releases import NotReleased, broken, golden, write

FLIGHTS = Topic("kites.flights", partitions=3, retention=timedelta(days=7))


class Landed(Event, frozen=True, kw_only=True):
    """What 1.0.0 says of a landing."""

    kite_id: UUID
    wind: Literal["low", "high"]
    metres: Annotated[int, msgspec.Meta(ge=0, le=500)]
    note: str = ""


def contracts(*declared: type[Event], topic: Topic = FLIGHTS, key: str = "kite_id") -> Registry:
    """The contracts of another release: the classes are `landed.v1`, `landed.v2` and so on."""
    registry = Registry()
    for number, event in enumerate(declared, start=1):
        published(f"kites.flight.landed.v{number}", on=topic, key=key, registry=registry)(event)
    return registry


@pytest.fixture
def released_once(tmp_path: Path) -> Path:
    write(tmp_path, "1.0.0", contracts(Landed))
    return tmp_path


class WithHeight(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low", "high"]
    metres: Annotated[int, msgspec.Meta(ge=0, le=500)]
    note: str = ""
    height: int = 0


class WithHeightThatMustBe(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low", "high"]
    metres: Annotated[int, msgspec.Meta(ge=0, le=500)]
    note: str = ""
    height: int


class WithoutNote(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low", "high"]
    metres: Annotated[int, msgspec.Meta(ge=0, le=500)]


class Renamed(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low", "high"]
    metres: Annotated[int, msgspec.Meta(ge=0, le=500)]
    remark: str = ""


class Retyped(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low", "high"]
    metres: str
    note: str = ""


class Nullable(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low", "high"]
    metres: Annotated[int, msgspec.Meta(ge=0, le=500)] | None
    note: str = ""


class Storm(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low", "high", "storm"]
    metres: Annotated[int, msgspec.Meta(ge=0, le=500)]
    note: str = ""


class Calm(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low"]
    metres: Annotated[int, msgspec.Meta(ge=0, le=500)]
    note: str = ""


class Narrower(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low", "high"]
    metres: Annotated[int, msgspec.Meta(ge=1, le=500)]
    note: str = ""


class MayLack(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low", "high"] = "low"
    metres: Annotated[int, msgspec.Meta(ge=0, le=500)]
    note: str = ""


class MustHave(Event, frozen=True, kw_only=True):
    kite_id: UUID
    wind: Literal["low", "high"]
    metres: Annotated[int, msgspec.Meta(ge=0, le=500)]
    note: str


class Particular(Landed, frozen=True, kw_only=True):
    """The same to every schema, but it will not have a landing without a remark."""

    def __post_init__(self) -> None:
        if not self.note:
            raise ValueError("a landing needs a note")


class Forgetful(Landed, frozen=True, kw_only=True):
    """The same to every schema, but it reads something else than was said."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "note", self.note.upper() + "!")


@dataclass(frozen=True)
class Change:
    what: str
    next: Callable[[], Registry]


ALLOWED: Sequence[Change] = (
    Change("nothing", lambda: contracts(Landed)),
    Change("a field with a default", lambda: contracts(WithHeight)),
    Change("one more event type on the topic", lambda: contracts(Landed, Storm)),
    Change("v2 beside v1", lambda: contracts(Landed, Retyped)),
    Change(
        "how long records are kept",
        lambda: contracts(Landed, topic=Topic("kites.flights", partitions=3, retention=timedelta(days=90))),
    ),
)

REFUSED: Sequence[tuple[str, Change]] = (
    (
        "height is new and has no default",
        Change("a field that must be", lambda: contracts(WithHeightThatMustBe)),
    ),
    ("note is gone", Change("a field taken out", lambda: contracts(WithoutNote))),
    ("note is gone", Change("a field renamed", lambda: contracts(Renamed))),
    ("metres", Change("a field retyped", lambda: contracts(Retyped))),
    ("metres", Change("a field that may be null", lambda: contracts(Nullable))),
    ("wind had enum", Change("one more value of an enumeration", lambda: contracts(Storm))),
    ("wind had enum", Change("one value fewer", lambda: contracts(Calm))),
    ("metres had minimum 0 and has 1", Change("a narrower range", lambda: contracts(Narrower))),
    ("wind may be missing now", Change("a field that may be missing", lambda: contracts(MayLack))),
    ("note has lost its default", Change("a default taken away", lambda: contracts(MustHave))),
    ("is gone", Change("an event type deleted", contracts)),
    ("its key was", Change("another key", lambda: contracts(Landed, key="note"))),
    (
        "its partitions was 3 and is 6",
        Change(
            "the number of partitions",
            lambda: contracts(
                Landed, topic=Topic("kites.flights", partitions=6, retention=timedelta(days=7))
            ),
        ),
    ),
    (
        "its compacted was False and is True",
        Change(
            "compaction",
            lambda: contracts(Landed, topic=Topic("kites.flights", partitions=3, compacted=True)),
        ),
    ),
    (
        "its topic was",
        Change(
            "another topic",
            lambda: contracts(Landed, topic=Topic("kites.ends", partitions=3, retention=timedelta(days=7))),
        ),
    ),
    (
        "an event of 1.0.0 cannot be read",
        Change("a check that no schema shows", lambda: contracts(Particular)),
    ),
    ("reads note otherwise than it was said", Change("another reading", lambda: contracts(Forgetful))),
)


@pytest.mark.parametrize("change", ALLOWED, ids=lambda change: change.what)
def test_what_everybody_can_read_is_allowed(change: Change, released_once: Path) -> None:
    assert broken(released_once, change.next()) == []


@pytest.mark.parametrize(("says", "change"), REFUSED, ids=lambda part: getattr(part, "what", ""))
def test_what_somebody_cannot_read_is_refused_with_a_sentence(
    says: str, change: Change, released_once: Path
) -> None:
    found = broken(released_once, change.next())
    assert any(says in sentence for sentence in found), found
    assert all(sentence.startswith("kites.flight.landed.v1") and sentence.endswith(".") for sentence in found)


def test_a_type_that_nobody_can_meet_any_more_may_be_deleted_and_not_come_back(released_once: Path) -> None:
    why = {"kites.flight.landed.v1": "Not said since 1.4.0; the topic keeps 7 days."}
    (released_once / "withdrawn.json").write_text(json.dumps(why))
    assert broken(released_once, contracts()) == []
    (sentence,) = broken(released_once, contracts(Landed))
    assert "its name may not come back" in sentence


def test_golden_events_are_said_in_full_and_with_every_default_as_it_is() -> None:
    (contract,) = contracts(Landed)
    full, plain = golden(contract)
    assert (full["note"], plain["note"]) == ("例 note", "")
    assert full.keys() == plain.keys()


def test_a_release_never_changes(released_once: Path) -> None:
    write(released_once, "1.0.0", contracts(Landed))
    with pytest.raises(NotReleased, match="a release never changes"):
        write(released_once, "1.0.0", contracts(WithHeight))


def test_the_next_release_takes_over(released_once: Path) -> None:
    write(released_once, "1.1.0", contracts(WithHeight))
    assert "height" in released(released_once)["kites.flight.landed.v1"]["schema"]["properties"]
    (sentence,) = broken(released_once, contracts(Landed))
    assert "height is gone" in sentence


@pytest.mark.parametrize(
    ("version", "says"), [("0.9.0", "older than 1.0.0"), ("1.1", "no version"), ("../x", "no version")]
)
def test_a_version_that_is_none_writes_nothing(version: str, says: str, released_once: Path) -> None:
    with pytest.raises(NotReleased, match=says):
        write(released_once, version, contracts(Landed))
    assert [path.name for path in released_once.iterdir()] == ["1.0.0"]
