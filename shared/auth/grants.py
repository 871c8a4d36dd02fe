"""Grants: a role within a scope, written `coordinator@region:632800`.

A scope is `all`, `region:CODE` (GB/T 2260, which covers all below it) or `school:ID`.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["administrator", "coordinator", "liaison", "teacher", "auditor", "operator"]
ROLES: frozenset[str] = frozenset(get_args(Role))


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may act as, and where."""

    role: Role
    scope: str

    def __str__(self) -> str:
        return f"{self.role}@{self.scope}"

    @classmethod
    def parse(cls, text: str) -> "Grant":
        """The grant that `str` wrote. Raises ValueError for anything else: a token may say anything."""
        role, at, scope = text.partition("@")
        if role not in ROLES or not at or not scope:
            raise ValueError(f"{text!r} is no grant.")
        return cls(role, scope)  # type: ignore[arg-type]  # checked above


def covers(scope: str, *, region: str | None = None, school: str | None = None) -> bool:
    """Whether what lies in `region` (and belongs to `school`) is within `scope`."""
    kind, _, value = scope.partition(":")
    if scope == "all":
        return True
    if kind == "region":
        return region is not None and region.startswith(significant(value))
    return kind == "school" and school is not None and value == school


def significant(region: str) -> str:
    """The part of a region's code that all codes below it share: 632800 → 6328, 630000 → 63."""
    for end in (2, 4):
        if set(region[end:]) == {"0"}:
            return region[:end]
    return region
