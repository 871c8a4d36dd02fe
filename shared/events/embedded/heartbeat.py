"""The thread that keeps the leases of a process's members, and finds the members that died."""

import threading
import time
from contextlib import suppress

from shared.events.broker import BrokerUnavailable
from shared.events.embedded import groups
from shared.events.embedded.file import LogFile, Session

#: A member that has not polled for so many seconds hangs: its lease is renewed no more.
HANGING_AFTER = 300.0


class Heartbeat:
    """Renews leases three times per lease, for as long as the members poll."""

    def __init__(self, file: LogFile, *, lease: float) -> None:
        """Start nothing; the thread starts with the first member. lease: in seconds."""
        self.lease = lease
        self._session = Session(file, durable=False)
        self._polled: dict[str, float] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def polled(self, member: str) -> None:
        """Note that `member` is alive; its first poll or join takes it in."""
        self._polled[member] = time.monotonic()
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="embedded-heartbeat", daemon=True)
                    self._thread.start()

    def forget(self, member: str) -> None:
        """Renew this one's lease no more."""
        self._polled.pop(member, None)

    def stop(self) -> None:
        """End the thread; leases run out by themselves."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self.lease / 3):
            now = time.monotonic()
            alive = [member for member, polled in self._polled.copy().items() if now - polled < HANGING_AFTER]
            # While the file is away nobody can take anything from us; the next beat tries again.
            with suppress(BrokerUnavailable), self._session.writing() as db:
                groups.renew(db, members=alive, now=now, lease=self.lease)
        self._session.close()
