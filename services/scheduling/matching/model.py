"""Somebody on a list beside those whom the directory knows: found, offered with a reason, or unknown."""

from dataclasses import dataclass
from uuid import UUID

from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody as a list has them. region: where a column of its own says it (格尔木市, beside 一中)."""

    name: str
    unit: str
    region: str = ""
    post: str = ""

    @property
    def units(self) -> tuple[str, ...]:
        """What their unit may be called in whole."""
        if not self.unit or not self.region or self.unit.startswith(self.region):
            return (self.unit,)
        return (self.unit, f"{self.region}{self.unit}")


@dataclass(frozen=True, slots=True)
class Unit:
    """A school or an organisation."""

    id: UUID
    name: str
    region_code: str
    is_school: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the directory, at a unit. left: no longer there."""

    id: UUID
    name: str
    post: str
    unit: Unit
    left: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody who may be meant, and why one may think so; never taken without being chosen.

    likely: the name is the same and the unit written shorter or with a slip, or the name has a slip and the post is the same.
    """

    person: Known
    reason: Sentence
    likely: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """What is known of somebody on a list. found: name and unit are as written, and nobody else's. unit: the one written."""

    found: Known | None = None
    unit: Unit | None = None
    offers: tuple[Offer, ...] = ()
