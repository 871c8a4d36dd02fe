"""The worker of one service, or of several in one process: starts their loops, watches them and drains them."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from shared.jobs import JobRunner
from shared.observe import logs
from shared.observe.health import Health
from shared.observe.metrics import LOOP_BUSY_SECONDS
from shared.observe.scraped import SCRAPED, Reading
from shared.text import Sentence
from shared.worker.heap import settle_heap
from shared.worker.loop import Bell, Loop
from shared.worker.timers import Timers
from shared.worker.watchdog import Watchdog, stacks

#: Seconds that a consumer waits in its own poll; it also bounds how long it takes to notice a drain.
POLL_SECONDS = 0.5

log = logs.logger(__name__)


class Relaying(Protocol):
    """What the worker needs of a relay."""

    @property
    def trouble(self) -> Sentence | None:
        """What keeps it from sending."""
        ...

    def step(self) -> bool:
        """Send a batch of what is waiting; true where there was something."""
        ...

    def close(self) -> None:
        """Give its leases back, so that another relay takes over at once."""
        ...


class Consuming(Protocol):
    """What the worker needs of a consumer."""

    @property
    def topics(self) -> Sequence[str]:
        """What it reads."""
        ...

    @property
    def trouble(self) -> Sentence | None:
        """What keeps it from reading or applying."""
        ...

    def step(self, *, timeout: float) -> bool:
        """Wait up to `timeout` seconds for records and apply them; true where there were some."""
        ...

    def close(self) -> None:
        """Leave the group, so that the others take over at once."""
        ...


def loops_of(
    service: str,
    *,
    relay: Relaying,
    bell: Bell,
    consumer: Consuming,
    timers: Timers,
    jobs: JobRunner,
) -> list[Loop]:
    """The loops of one service, with the rhythm that each of them needs.

    bell: rung after commits that left something to send; where pages live in another process, the relay finds
    their rows by looking, at most 200 ms later.
    """
    loops = [
        Loop(
            "relay",
            relay.step,
            service=service,
            idle=(0.005, 0.200),
            rest=0.004,  # at 200 events a second: half the transactions, and consumer and pages wait less for locks
            bell=bell,
            trouble=lambda: relay.trouble,
            close=relay.close,
        ),
        Loop("timers", timers.step, service=service, idle=(1.0, 4.0)),  # the shortest is due every 20 s
        Loop("jobs", jobs.step, service=service, idle=(1.0, 1.0), drain=jobs.drain, close=jobs.close),
    ]
    if consumer.topics:
        loops.append(
            Loop(
                "consumer",
                lambda: consumer.step(timeout=POLL_SECONDS),
                service=service,
                idle=(0.001, 0.020),  # it waits in its own poll; this is for steps that could not poll
                trouble=lambda: consumer.trouble,
                close=consumer.close,
            )
        )
    return loops


class Worker:
    """Runs loops. Make and start it in the process that shall run them: threads do not survive a fork.

    close: what to close after the last step (brokers, databases), in this order.
    stuck_after: seconds after which a step counts as stuck.
    """

    def __init__(
        self,
        loops: Sequence[Loop],
        *,
        health: Health,
        close: Sequence[Callable[[], object]] = (),
        stuck_after: float = 60.0,
    ) -> None:
        """Add the loops' checks to `health`; `start` begins."""
        self._loops = loops
        self._close = close
        self._watchdog = Watchdog(loops, stuck_after=stuck_after)
        self._draining = False
        health.ready_if("process", self._leaving)
        for loop in loops:
            health.alive_if(f"{loop.service} {loop.name} runs", partial(self._alive, loop))
            health.ready_if(f"{loop.service} {loop.name} works", partial(self._works, loop))

    def start(self) -> None:
        """Start all loops and the watchdog."""
        settle_heap()
        for service in {loop.service for loop in self._loops}:
            SCRAPED.watch(service=service, source="loops", read=partial(self._busy, service), keep=0.0)
        self._watchdog.start()
        for loop in self._loops:
            loop.start()

    def drain(self, timeout: float = 25.0) -> bool:
        """Begin nothing more, let every step in hand end, close everything; answers whether all ended in time.

        timeout: seconds; less than what the process is given before it is killed (Kubernetes: 30). From its
        first moment the process is unready. A second call does nothing.
        """
        if self._draining:
            return True
        self._draining = True
        for loop in self._loops:
            loop.ask_to_stop()
        deadline = time.monotonic() + timeout
        late = [loop for loop in self._loops if not loop.join(max(0.0, deadline - time.monotonic()))]
        if late:
            names = [f"{loop.service} {loop.name}" for loop in late]
            log.error("Some steps did not end in time.", loops=names, timeout=timeout, stacks=stacks())
        self._watchdog.stop()
        for service in {loop.service for loop in self._loops}:
            SCRAPED.forget(service)
        for close in self._close:
            try:
                close()
            except Exception as error:  # noqa: BLE001  the next one still has to be closed
                log.warning("Closing failed.", reason=str(error))
        return not late

    def _alive(self, loop: Loop) -> Sentence | None:
        return loop.ended() or self._watchdog.lost(loop)

    def _works(self, loop: Loop) -> Sentence | None:
        return self._watchdog.stuck(loop) or loop.trouble() or loop.failing()

    def _leaving(self) -> Sentence | None:
        return Sentence(zh="进程正在退出。", en="The process is shutting down.") if self._draining else None

    def _busy(self, service: str) -> list[Reading]:
        return [
            Reading(LOOP_BUSY_SECONDS, loop.busy_for(), (loop.name,))
            for loop in self._loops
            if loop.service == service
        ]
