"""The worker: what runs beside the pages — relay, consumer, timers, jobs — each in a loop of its own.

`loop` calls a step again and again · `timers` what is due again and again · `watchdog` notices a step that does
not end · `worker` starts and drains the loops of one or several services · `server` answers /healthz, /readyz
and /metrics · `process` a worker as a process of its own.

The loops are threads, so they start in the process that uses them, after any fork.
"""

from shared.worker.loop import Bell, Loop
from shared.worker.process import run_until_signalled
from shared.worker.server import Server
from shared.worker.timers import Timers
from shared.worker.worker import Worker, loops_of

__all__ = ["Bell", "Loop", "Server", "Timers", "Worker", "loops_of", "run_until_signalled"]
