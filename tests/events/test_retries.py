import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.events.parking import Backoff
from shared.events.retries import Retries
from tests.databases import postgres_database
from tests.events.box import BACKOFF, Box, opened, step
from tests.proof.toys.contracts import Rolled


@pytest.fixture
def real_box(tmp_path: Path, postgres_server: str) -> Iterator[Box]:
    with postgres_database(postgres_server, of="tests.proof.toys") as url, opened(tmp_path, url) as one:
        yield one


def test_two_workers_try_a_head_one_after_the_other(real_box: Box) -> None:
    """Only the lock of its row keeps them from applying one event at the same time."""
    box, tried, go = real_box, list[int](), threading.Event()
    box.fails = lambda _event: True
    box.roll(1)
    step(box.relay())
    step(box.consumer())
    box.pass_time(10)

    def slowly(event: Rolled) -> bool:
        tried.append(event.version)
        return not go.wait(10)

    box.fails = slowly
    workers = [threading.Thread(target=Retries(box.database, box.handling(), BACKOFF).step) for _ in range(2)]
    for worker in workers:
        worker.start()
    workers[1].join(0.7)
    go.set()
    for worker in workers:
        worker.join()

    assert (tried, box.effects(1), box.letters()) == ([1], [1], [])


def test_the_wait_doubles_up_to_the_longest() -> None:
    waits = [Backoff().wait(attempts).total_seconds() for attempts in (1, 2, 3, 9, 10, 60)]

    assert waits == [1, 2, 4, 256, 512, 600]
