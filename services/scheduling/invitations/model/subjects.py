"""What people are invited to, who asks, and how many may come."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.scheduling.hosting.model import may_host
from services.scheduling.plans.model import LONGEST, too_long
from shared.errors import Invalid, Refusal
from shared.text import Sentence

Kind = Literal["session", "programme"]

#: Places that a quota may give.
MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What people are invited to. why_closed: why nobody can be named for it now, if so, whoever asks."""

    id: UUID
    kind: Kind
    title: str
    host_region: str
    starts_at: datetime
    ends_at: datetime
    why_closed: Sentence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: scopes in which they plan, and schools that they answer for."""

    scopes: frozenset[str]
    schools: frozenset[UUID] = field(default_factory=frozenset)

    def hosts(self, region: str) -> bool:
        """Whether they plan for the region that hosts."""
        return may_host(self.scopes, region)

    def coordinates(self, region: str) -> bool:
        """Whether they answer for the region that is invited."""
        return may_host(self.scopes, region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many may come: of all that one invitation is for, and of each school in it. None: as many as want to."""

    places: int | None = None
    school_places: int | None = None

    def insist(self) -> None:
        """Raise Invalid for numbers that are none."""
        for name, number in (("places", self.places), ("school_places", self.school_places)):
            insist_on_number(number, field=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom to invite: these schools, or a scope as `region:520502` or `group:ID`, all schools in it."""

    schools: tuple[UUID, ...] = ()
    scope: str = ""


class Closed(Refusal):
    """It is too late, or not the time; `possible` says what can be done still."""

    def __init__(self, sentence: Sentence, *, possible: Collection[str]) -> None:
        """Carry the sentence, and verbs such as `withdraw`."""
        super().__init__(sentence)
        self.possible = tuple(possible)

    def members(self) -> Mapping[str, object]:
        """What can be done still, for a program."""
        return {"possible": list(self.possible)}


def stated(reason: str) -> str:
    """The reason, if it is one. Raises Invalid: the other side will read it."""
    if not reason:
        raise Invalid(
            Sentence(zh="请写明原因，对方会看到。", en="Say why: the others will read it."), field="reason"
        )
    if len(reason) > LONGEST:
        raise Invalid(too_long(LONGEST), field="reason")
    return reason


def insist_on_number(number: int | None, *, field: str) -> None:
    """Raise Invalid for a quota that is none."""
    if number is not None and not 0 < number <= MOST_PLACES:
        raise Invalid(
            Sentence(
                zh=f"名额填 1 到 {MOST_PLACES} 的整数；不限就留空。",
                en=f"Places are a whole number from 1 to {MOST_PLACES}; leave it empty for no limit.",
            ),
            field=field,
        )
