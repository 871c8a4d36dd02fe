"""Grants: a role within a scope, written `coordinator@region:632800`.

A scope is `all`, `region:CODE` (GB/T 2260, which covers all below it) or `school:ID`.
"""

import re
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["administrator", "coordinator", "liaison", "teacher", "auditor", "operator"]
ROLES: frozenset[str] = frozenset(get_args(Role))

_SCOPE = re.compile(
    r"all|region:[0-9]{6}|school:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?!all|region|school)[a-z_]+:.+"
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may act as, and where."""

    role: Role
    scope: str

    def __str__(self) -> str:
        return f"{self.role}@{self.scope}"

    @classmethod
    def parse(cls, text: str) -> "Grant":
        """The grant that `str` wrote. Raises ValueError for anything else: a token may say anything.

        A kind of scope that is newer than this code is taken, and covers nothing here.
        """
        role, _, scope = text.partition("@")
        if role not in ROLES or not _SCOPE.fullmatch(scope):
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
