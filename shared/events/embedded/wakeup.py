"""How members of this process learn at once of what this process published."""

import threading


class Wakeup:
    """A bell that many can wait for; a ring between two waits is not missed."""

    def __init__(self) -> None:
        """Nobody has rung yet."""
        self._condition = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it has rung; to be read before looking at what the bell is about."""
        return self._rings

    def ring(self) -> None:
        """Wake everybody."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, *, since: int, timeout: float) -> bool:
        """Wait until it has rung more than `since` times; whether it did within `timeout` seconds."""
        with self._condition:
            return self._condition.wait_for(lambda: self._rings != since, timeout)
