"""Who may see and change the rules of regions, and what is different between two versions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.exchange.rules.model import RegionRules
from shared.auth import SIGNED_IN, Rule, covers, holders

MAY: Mapping[str, Rule] = {
    "see": SIGNED_IN,
    "change": holders("administrator", "coordinator"),
}


def may_change(region: str, scopes: Collection[str]) -> bool:
    """Whether who looks after these scopes looks after the region; the country's is the administrator's."""
    return "all" in scopes or any(covers(scope, region=region) for scope in scopes)


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter that is different."""

    field: str
    was: Any
    now: Any


def changes(old: RegionRules, new: RegionRules) -> Sequence[Change]:
    """Parameter by parameter; the order within a list is no difference."""
    found: list[Change] = []
    for field in RegionRules.__dataclass_fields__:
        was, now = getattr(old, field), getattr(new, field)
        same = sorted(was) == sorted(now) if isinstance(was, tuple) and field not in _ORDERED else was == now
        if not same:
            found.append(Change(field, was, now))
    return found


_ORDERED = frozenset({"least_primary", "least_junior"})
