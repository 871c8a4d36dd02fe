"""The contract registry: what may be published, where, and as what.

A publisher's module in `shared/contracts` declares its topics and its events:

    SESSIONS = Topic("scheduling.sessions", partitions=6, retention=timedelta(days=30))

    @published("scheduling.session.released.v1", on=SESSIONS, key="session_id")
    class SessionReleased(Event):
        session_id: UUID
        title: str

An event is a fact without behaviour. Within a version it only gains fields that have a default; what is
no such change is a new version beside the old one (`docs/contracts.md`).
"""

import builtins
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import msgspec

E = TypeVar("E", bound="Event")

_TYPE = re.compile(r"(?P<publisher>[a-z]+)\.[a-z_]+\.[a-z_]+\.v(?P<major>[1-9][0-9]*)")
_TOPIC = re.compile(r"[a-z]+\.[a-z_]+")


class ContractError(Exception):
    """A declaration that contradicts itself or another one; a sentence for the developer."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and how it is kept, as `tongxing topics apply` makes it.

    partitions: fixed for ever on a topic with keys, because the key decides the partition.
    retention: how long records are kept; None keeps them for ever.
    compacted: the newest record of every key is always there and older ones may be gone; its events
        are whole states, applied by version rather than by inbox.
    """

    name: str
    partitions: int = 6
    retention: timedelta | None = None
    compacted: bool = False

    def __post_init__(self) -> None:
        """Refuse what a broker would take and nobody could mend later."""
        if not _TOPIC.fullmatch(self.name):
            raise ContractError(f"Topic {self.name!r}: a name is publisher.kind in lower case.")
        if self.partitions < 1:
            raise ContractError(f"Topic {self.name}: at least one partition.")
        if self.compacted and self.retention is not None:
            raise ContractError(f"Topic {self.name}: a compacted topic keeps the newest for ever.")

    @property
    def publisher(self) -> str:
        """The service that alone may write it."""
        return self.name.partition(".")[0]

    @property
    def rebuildable(self) -> bool:
        """Whether a copy can be rebuilt from the topic's start."""
        return self.compacted or self.retention is None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact about one aggregate. `version` is the aggregate's version that it led to, from 1 up."""

    version: int


@dataclass(frozen=True, slots=True)
class Contract:
    """What the registry knows of one event type.

    Two contracts are the same when all their parts are.
    """

    type: str
    topic: Topic
    event: builtins.type[Event]
    key: str
    _decoder: msgspec.json.Decoder[Event] = field(repr=False, compare=False)

    @property
    def publisher(self) -> str:
        """The service that alone may say this."""
        return self.topic.publisher

    def key_of(self, event: Event) -> str:
        """The id of the aggregate that the event is about."""
        return str(getattr(event, self.key))

    def decode(self, value: bytes) -> Event:
        """The event in `value`; fields that this version does not know are ignored.

        Raises msgspec.ValidationError, with the path of the field, for JSON that breaks the contract,
        and msgspec.DecodeError for what is no JSON.
        """
        return self._decoder.decode(value)


class Registry:
    """All contracts that this process knows."""

    def __init__(self) -> None:
        """Start empty."""
        self._by_type: dict[str, Contract] = {}
        self._by_event: dict[type[Event], Contract] = {}

    def add(self, contract: Contract) -> None:
        """Take a contract in; raises ContractError where it contradicts one that is there."""
        parsed = _TYPE.fullmatch(contract.type)
        if not parsed:
            raise ContractError(f"{contract.type!r}: a type is publisher.kind.past_tense.vN.")
        if parsed["publisher"] != contract.publisher:
            raise ContractError(f"{contract.type}: {contract.topic.name} belongs to {contract.publisher}.")
        if contract.type in self._by_type:
            raise ContractError(f"{contract.type} is declared twice.")
        if contract.key not in contract.event.__struct_fields__:
            raise ContractError(f"{contract.type}: its key {contract.key!r} is not one of its fields.")
        other = self.topics().get(contract.topic.name)
        if other is not None and other != contract.topic:
            raise ContractError(f"{contract.topic.name} is declared twice and differently.")
        self._by_type[contract.type] = contract
        self._by_event[contract.event] = contract

    def of(self, event: type[Event]) -> Contract:
        """The contract of an event class; KeyError where it was never declared."""
        return self._by_event[event]

    def named(self, type_: str) -> Contract | None:
        """The contract of a CloudEvents type, or None where nobody here knows it."""
        return self._by_type.get(type_)

    def topics(self) -> Mapping[str, Topic]:
        """All topics by name."""
        return {contract.topic.name: contract.topic for contract in self._by_type.values()}

    def __iter__(self) -> Iterator[Contract]:
        """All contracts, by type."""
        return iter(sorted(self._by_type.values(), key=lambda contract: contract.type))


#: What the modules of `shared/contracts` declare.
CONTRACTS = Registry()


def published(
    type_: str, *, on: Topic, key: str, registry: Registry = CONTRACTS
) -> Callable[[type[E]], type[E]]:
    """Declare an event class as published under `type_` on topic `on`, keyed by its field `key`."""

    def declare(event: type[E]) -> type[E]:
        registry.add(Contract(type_, on, event, key, msgspec.json.Decoder(event)))
        return event

    return declare
