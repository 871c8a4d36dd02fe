"""For whom a task waits."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.auth import Role

#: In which roles somebody does what waits for a role: who administers everything plans as coordinators do.
DOES: Mapping[str, tuple[Role, ...]] = {
    "administrator": ("administrator", "coordinator"),
    "coordinator": ("coordinator",),
    "liaison": ("liaison",),
    "teacher": ("teacher",),
    "operator": ("operator",),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """One of those for whom a task waits; see `Waiting`."""

    role: str
    kind: str
    value: str

    @classmethod
    def parse(cls, text: str) -> "Audience":
        """From `coordinator@region:632800` or `account:ID`. What cannot be read is for nobody: a fact is never refused."""
        role, at, scope = text.rpartition("@")
        kind, _, value = scope.partition(":")
        return cls(role if at else "", kind, value)
