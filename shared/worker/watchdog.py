"""The watchdog: notices a step that does not end, and writes down where everybody stands.

A stuck step cannot be ended from outside; but the process can say so (unready), and show its stacks once, while
they still tell the cause. Where the loop moves again, all is well again.
"""

import faulthandler
import sys
import threading
import traceback
from collections.abc import Sequence

from shared.observe import logs
from shared.text import Sentence
from shared.worker.loop import Loop

#: After so many times `stuck_after` only a restart is left: the process says that it is no longer alive.
DEAD_AFTER = 10

log = logs.logger(__name__)


class Watchdog:
    """Watches loops. `look` is what its thread does once a second; tests call it themselves."""

    def __init__(self, loops: Sequence[Loop], *, stuck_after: float) -> None:
        """Prepare; `start` begins. stuck_after: seconds that a step may take."""
        self._loops = loops
        self._stuck_after = stuck_after
        self._told: dict[Loop, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def look(self) -> None:
        """Tell of each stuck step once."""
        for loop in self._loops:
            seconds = loop.busy_for()
            if seconds < self._stuck_after:
                if self._told.pop(loop, None) is not None:
                    log.warning("The loop moves again.", service=loop.service, loop=loop.name)
            elif self._told.get(loop) != loop.beats:
                self._told[loop] = loop.beats
                log.error(
                    "A step does not end; here is where every thread stands.",
                    service=loop.service,
                    loop=loop.name,
                    seconds=round(seconds),
                    stacks=stacks(),
                )

    def stuck(self, loop: Loop) -> Sentence | None:
        """What is wrong where the loop's present step takes too long."""
        seconds = loop.busy_for()
        if seconds < self._stuck_after:
            return None
        return Sentence(
            zh=f"同一步骤已持续 {seconds:.0f} 秒没有结束，各线程的调用栈已写入日志。",
            en=f"It has been in one step for {seconds:.0f} s; the log shows where every thread stands.",
        )

    def lost(self, loop: Loop) -> Sentence | None:
        """What is wrong where the loop's present step has taken so long that only a restart is left."""
        return self.stuck(loop) if loop.busy_for() >= DEAD_AFTER * self._stuck_after else None

    def _run(self) -> None:
        while not self._stop.wait(min(1.0, self._stuck_after / 4)):
            # C code that keeps the interpreter's lock keeps this thread from looking too. faulthandler's own
            # thread needs no lock: it writes the stacks to stderr unless we put it off in time.
            if sys.__stderr__ is not None:
                faulthandler.dump_traceback_later(2 * self._stuck_after, file=sys.__stderr__)
            self.look()
        faulthandler.cancel_dump_traceback_later()


def stacks() -> str:
    """Where every thread stands, by the thread's name."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return "\n".join(
        f"── {names.get(ident, ident)}\n{''.join(traceback.format_stack(frame)).rstrip()}"
        for ident, frame in sys._current_frames().items()  # noqa: SLF001  documented, in spite of its name
    )
