"""How often one address may ask, where nobody is signed in: a guard against guessing and scraping, not a quota.

Each process counts for itself, so that the true limit is this times the number of processes.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from threading import Lock
from typing import ClassVar

from flask import current_app, request

from shared.errors import Unavailable
from shared.text import Sentence

#: Addresses that a limit remembers at once; beyond that the one that was seen longest ago is forgotten.
_MANY = 10_000


class TooMany(Unavailable):
    """This address has asked too often."""

    status: ClassVar[HTTPStatus] = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, retry_after: int) -> None:
        """Say when to come again."""
        super().__init__(
            Sentence(
                zh=f"查询太频繁了，请 {retry_after} 秒后再试。",
                en=f"That is too often. Try again in {retry_after} seconds.",
            ),
            retry_after=retry_after,
        )


class Limit:
    """At most `times` within `seconds` from one address: a bucket that refills evenly. Thread-safe."""

    def __init__(
        self, times: int, seconds: float, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Start with every bucket full."""
        self._times, self._refill = float(times), times / seconds
        self._monotonic, self._lock = monotonic, Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def insist(self, address: str | None = None) -> None:
        """Count one of `address`, or of who sends the present request. Raises TooMany."""
        who, now = address or request.remote_addr or "", self._monotonic()
        with self._lock:
            left, at = self._buckets.pop(who, (self._times, now))
            left = min(self._times, left + (now - at) * self._refill)
            self._buckets[who] = (left - 1 if left >= 1 else left, now)
            if len(self._buckets) > _MANY:
                self._buckets.popitem(last=False)
        if left < 1:
            raise TooMany(int((1 - left) / self._refill) + 1)


def limited(name: str, *, times: int, seconds: float) -> None:
    """Count one request of this address under a name that pages and API share. Raises TooMany."""
    limits: dict[str, Limit] = current_app.extensions.setdefault("tongxing_limits", {})
    limits.setdefault(name, Limit(times, seconds)).insist()
