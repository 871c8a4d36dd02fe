"""A worker as a process of its own: it runs until a signal comes, then drains."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from shared.observe import logs
from shared.worker.server import Server
from shared.worker.worker import Worker

log = logs.logger(__name__)


def run_until_signalled(worker: Worker, server: Server, *, drain_timeout: float = 25.0) -> int:
    """Run `worker` until SIGTERM or SIGINT, then drain it; answers the exit code. Main thread only.

    0: all steps ended and everything is closed. 1: some step did not end in time; what it had not committed is
    done again by the next process. A second signal kills at once. The server answers until the very end, so that
    whoever asks is told that the process is leaving.
    """

    def leave(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with _signals() as arrived:
            server.start()
            worker.start()
            log.info("The worker is running.", port=server.port)
            os.read(arrived, 1)
        log.info("The worker is draining.")
        clean = worker.drain(drain_timeout)
        log.info("The worker has ended.", clean=clean)
        server.close()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if not clean:
        # The interpreter would wait at its end for what the stuck thread holds; there is nothing left to save.
        sys.stderr.flush()
        os._exit(1)
    return 0


@contextmanager
def _signals() -> Iterator[int]:
    """A descriptor that can be read from the moment on at which a signal with a handler came.

    Waiting for an Event or a queue that the handler fills is not enough: a signal that comes right before the thread
    sleeps wakes nobody, and its handler runs when the thread next wakes, which is never.
    """
    arrived, telling = os.pipe()
    os.set_blocking(telling, False)
    before = signal.set_wakeup_fd(telling)
    try:
        yield arrived
    finally:
        signal.set_wakeup_fd(before)
        os.close(arrived)
        os.close(telling)
