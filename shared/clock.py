"""The clock. Nothing below the edge reads it: `Transaction.now` carries the time inward."""

from collections.abc import Callable
from datetime import UTC, datetime

#: Answers the present moment as an aware UTC datetime; injected, so that tests can stand still.
Clock = Callable[[], datetime]


def utcnow() -> datetime:
    """The present moment of this machine, aware, in UTC."""
    return datetime.now(UTC)
