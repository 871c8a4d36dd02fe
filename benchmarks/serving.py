"""Workers as they are deployed: processes of a few threads each, behind which clients queue."""

import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.queues import Queue
from threading import Thread
from typing import Generic, TypeVar

from shared.worker.heap import settle_heap

#: `tongxing web --workers 2`, each with its 8 threads: one for each core of the machine that we measure on.
WORKERS, THREADS = 2, 8

A = TypeVar("A")
W = TypeVar("W")

#: Opens what a worker works with; answers what one request does: True where it won, False where it was refused.
Opening = Callable[[W], Callable[[A], bool]]


class Workers(Generic[W, A]):
    """So many processes that do what they are asked, each thread one thing after the other."""

    def __init__(self, opening: Opening[W, A], with_: W) -> None:
        """Start them; `opening` is a function of a module, and `with_` travels to each process."""
        context = get_context("spawn")  # a fork would share the connections of this process
        self._asked: Queue[A] = context.Queue()
        self._answered: Queue[tuple[bool, float] | str] = context.Queue()
        for _ in range(WORKERS):
            context.Process(
                target=_work, args=(opening, with_, self._asked, self._answered), daemon=True
            ).start()
        for _ in range(WORKERS):
            self._answered.get(timeout=120)  # it is open

    def all_at_once(self, requests: Sequence[A]) -> tuple[int, list[float]]:
        """Ask all of it at the same moment: how many won, and the seconds from asking to the answer, queueing and all."""
        at = time.monotonic()
        for request in requests:
            self._asked.put(request)
        answers = [self._answered.get(timeout=120) for _ in requests]
        for answer in answers:
            if isinstance(answer, str):
                raise SystemExit(answer)
        ended = [answer for answer in answers if not isinstance(answer, str)]
        return sum(won for won, _ in ended), [until - at for _, until in ended]


def _work(
    opening: Opening[W, A],
    with_: W,
    asked: "Queue[A]",
    answered: "Queue[tuple[bool, float] | str]",
) -> None:
    act = opening(with_)
    settle_heap()  # as the server's workers do once they are loaded
    answered.put((True, time.monotonic()))

    def serve() -> None:
        while True:
            request = asked.get()
            try:
                won = act(request)
            except Exception as error:  # noqa: BLE001  said by the process that asked
                answered.put(repr(error))
            else:
                answered.put((won, time.monotonic()))

    threads = [Thread(target=serve) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
