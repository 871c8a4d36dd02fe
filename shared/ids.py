"""Ids: fresh ones that sort by time, and derived ones that come out the same again."""

from collections.abc import Callable
from uuid import UUID, uuid5

import uuid_utils.compat

#: Answers a fresh id; injected, so that a seed reproduces a run.
Ids = Callable[[], UUID]

_DERIVED = UUID("019abf3e-6a00-7c55-9d0a-7a6f0f3b6d11")


def uuid7() -> UUID:
    """A fresh UUIDv7 (RFC 9562): ordered by time of making, unguessable in the rest."""
    return uuid_utils.compat.uuid7()


def derived(*, cause: str, consumer: str, ordinal: int) -> UUID:
    """The id of the `ordinal`-th event that `consumer` emits because of the event `cause`.

    Doing the same again after a restore derives the same id, so that the others' inboxes know it.
    """
    return uuid5(_DERIVED, f"{consumer}/{ordinal}/{cause}")


def named(kind: str, code: str) -> UUID:
    """The id of what people know by a code: the same in every service, without asking."""
    return uuid5(_DERIVED, f"{kind}:{code}")
