"""Asking what may hang, from a thread that may not.

A probe or a scrape has about a second; a database behind a broken network answers after minutes. So the
question is asked in a thread of its own, one at a time, and whoever wants the answer waits only so long.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class NotInTime(Exception):
    """There is no answer yet; the question stays asked."""


class Question(Generic[T]):
    """Something asked again and again, whose answer is kept for a moment. Thread-safe.

    ask: answers or raises; either is the answer. keep: seconds for which an answer counts as fresh, so that
    many probes ask once. monotonic: the clock, in seconds.
    """

    def __init__(
        self, ask: Callable[[], T], *, keep: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is asked yet."""
        self._ask = ask
        self._keep = keep
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._pending: threading.Event | None = None
        self._answered_at: float | None = None
        self._answer: T | None = None
        self._error: Exception | None = None

    def put(self) -> threading.Event | None:
        """Ask unless a fresh answer is there; answers what to wait for, or None where there is no need to."""
        with self._lock:
            if self._pending is not None:
                return self._pending
            if self._answered_at is not None and self._monotonic() - self._answered_at < self._keep:
                return None
            self._pending = pending = threading.Event()
        threading.Thread(target=self._find_out, args=(pending,), name="question", daemon=True).start()
        return pending

    def answer(self, *, patience: float) -> T:
        """The answer, at most `keep` seconds old. Raises NotInTime, or what `ask` raised."""
        pending = self.put()
        if pending is not None and not pending.wait(patience):
            raise NotInTime
        with self._lock:
            if self._error is not None:
                raise self._error
            return self._answer  # type: ignore[return-value]  # answered without an error: it is a T

    def _find_out(self, pending: threading.Event) -> None:
        answer, error = None, None
        try:
            answer = self._ask()
        except Exception as raised:  # noqa: BLE001  it is handed to whoever asks
            error = raised
        with self._lock:
            self._answer, self._error = answer, error
            self._answered_at = self._monotonic()
            self._pending = None
        pending.set()
