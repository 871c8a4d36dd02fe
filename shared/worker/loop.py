"""A loop: a thread that calls one `step` again and again, until it is asked to stop.

A step answers whether there may be more to do right now; if not, the loop waits, first shortly and then longer
and longer, until somebody rings. A step that raises is logged and tried again after a pause: a loop ends only
when it is asked to.
"""

import threading
import time
from collections.abc import Callable

from shared.errors import Unavailable
from shared.events.broker import BrokerUnavailable
from shared.observe import logs
from shared.observe.metrics import LOOP_FAILURES, LOOP_STEPS
from shared.text import Sentence

#: Rung when there is something to do; made before the loop, so that others can have it.
Bell = threading.Event

#: So many failed steps in a row make the process unready: one may be chance.
FAILURES_THAT_COUNT = 3

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0

log = logs.logger(__name__)


def _nothing() -> None:
    """Do nothing, and find nothing wrong."""


class Loop:
    """One loop of one service.

    step: does one piece of work; true where there may be more to do right now. It is called by one thread only,
    and so is `close`, after the last step. drain: called by whoever stops the loop, so that a long step can end
    early; must return at once. trouble: what the step itself knows to be wrong without failing. idle: seconds to wait where there was nothing to do, the first time and at most.
    rest: seconds between two steps that found something, so that what comes meanwhile shares the next one's cost.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], object],
        *,
        service: str,
        idle: tuple[float, float],
        rest: float = 0.0,
        bell: Bell | None = None,
        trouble: Callable[[], Sentence | None] = _nothing,
        drain: Callable[[], object] = _nothing,
        close: Callable[[], object] = _nothing,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; `start` begins."""
        self.name = name
        self.service = service
        self.trouble = trouble
        self.beats = 0
        self._step = step
        self._drain = drain
        self._close = close
        self._shortest, self._longest = idle
        self._idle = self._shortest
        self._rest = rest
        self._bell = bell or Bell()
        self._monotonic = monotonic
        self._stop = threading.Event()
        self._busy_since: float | None = None
        self._failures = 0
        self._last_error = ""
        self._steps = LOOP_STEPS.labels(service, name)
        self._thread = threading.Thread(target=self._run, name=f"{service} {name}", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do: do not wait any longer."""
        self._bell.set()

    def ask_to_stop(self) -> None:
        """Begin no further step; the one in hand ends. Returns at once."""
        self._stop.set()
        self._drain()
        self._bell.set()

    def join(self, timeout: float) -> bool:
        """Wait for the end; answers whether it came in time."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def turn(self) -> tuple[float, bool]:
        """Do one step; answers the seconds to wait now, and whether ringing ends that wait."""
        self._busy_since = self._monotonic()
        try:
            more = self._step()
        except Exception as error:  # noqa: BLE001  whatever a step raises, the loop goes on
            return self._failed(error), False
        finally:
            self._busy_since = None
            self.beats += 1
            self._steps.inc()
        if self._failures:
            log.info("The loop works again.", loop=self.name, after_failures=self._failures)
            self._failures = 0
        if more:
            self._idle = self._shortest
            return self._rest, False
        wait, self._idle = self._idle, min(self._idle * 2, self._longest)
        return wait, True

    def busy_for(self) -> float:
        """Seconds that the present step has taken so far; 0 between steps."""
        since = self._busy_since
        return 0.0 if since is None else self._monotonic() - since

    def failing(self) -> Sentence | None:
        """What is wrong if the last steps all failed."""
        if self._failures < FAILURES_THAT_COUNT:
            return None
        return Sentence(
            zh=f"连续 {self._failures} 次失败，最近一次：{self._last_error}",
            en=f"It has failed {self._failures} times in a row, last with: {self._last_error}",
        )

    def ended(self) -> Sentence | None:
        """What is wrong if the loop has ended although nobody asked it to: nothing but a restart brings it back."""
        if self._thread.ident is None or self._thread.is_alive() or self._stop.is_set():
            return None
        return Sentence(
            zh="循环意外结束，需要重启进程。", en="The loop has ended unexpectedly; the process must restart."
        )

    def _run(self) -> None:
        with logs.bound(service=self.service):
            try:
                while not self._stop.is_set():
                    wait, bell_counts = self.turn()
                    if wait and bell_counts:
                        if self._bell.wait(wait):
                            self._idle = self._shortest
                    elif wait:
                        # A bell must not hurry what fails, or every request would make it fail once more.
                        self._stop.wait(wait)
                    self._bell.clear()
            except BaseException:
                log.critical("The loop has ended unexpectedly.", loop=self.name, exc_info=True)
                raise
            finally:
                self._end()

    def _failed(self, error: Exception) -> float:
        LOOP_FAILURES.labels(self.service, self.name).inc()
        self._failures += 1
        self._last_error = str(error) or type(error).__name__
        self._idle = self._shortest
        pause: float = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(self._failures - 1, 10))
        if isinstance(
            error, Unavailable | BrokerUnavailable
        ):  # something else is down: the sentence is all there is to say
            log.warning(
                "A step failed.",
                loop=self.name,
                reason=self._last_error,
                failures=self._failures,
                pause=pause,
            )
        else:
            log.error("A step failed.", loop=self.name, failures=self._failures, pause=pause, exc_info=error)
        return pause

    def _end(self) -> None:
        try:
            self._close()
        except Exception as error:  # noqa: BLE001  the process ends anyway; the others still have to close
            log.warning("Closing failed.", loop=self.name, reason=str(error))
