"""`tongxing web` and `tongxing worker`: the same service as two processes."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import STEPS, Process, Said, free_port
from tests.events.standing import standing

Start = Callable[..., Process]


def test_neither_starts_before_the_database_is_migrated(start: Start, data: Path) -> None:
    data.mkdir()
    for command in ("web", "worker"):
        said = start(command, "toys", TONGXING_WORKER_PORT=str(free_port())).wait()
        assert (said.code, said.err) == (1, f"{STEPS} migrations pending: run tongxing migrate toys.\n")


def test_web_and_worker_share_the_work(start: Start, data: Path) -> None:
    web = start("web", "toys", "--prepare")
    assert web.get() == (200, "Toys.")
    port = free_port()
    worker = start("worker", "toys", TONGXING_WORKER_PORT=str(port))
    worker.port = port
    assert worker.get("/readyz")[0] == 200
    assert 'tongxing_outbox_unsent_rows{service="toys"}' in worker.get("/metrics")[1]
    with standing(data) as toy:
        deadline = time.monotonic() + 10
        while not toy.seen() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert toy.seen() == ["as a demonstration"]
    assert [process.end().code for process in (web, worker)] == [0, 0]


def test_web_serves_while_the_broker_is_away(start: Start, data: Path, run: Callable[..., Said]) -> None:
    assert run("migrate", "toys").code == 0
    web = start("web", "toys", TONGXING_BROKER="kafka:127.0.0.1:1")
    assert web.get(within=60)[0] == 200
    said = web.end()
    assert (said.code, "changes are taken and wait" in said.err) == (0, True)


def test_a_taken_health_port_is_one_sentence(start: Start, run: Callable[..., Said]) -> None:
    assert run("migrate", "toys").code == 0
    port = str(free_port())
    first = start("worker", "toys", TONGXING_WORKER_PORT=port)
    first.port = int(port)
    first.get("/healthz")
    said = start("worker", "toys", TONGXING_WORKER_PORT=port).wait()
    assert (said.code != 0, said.err.count("\n"), "TONGXING_WORKER_PORT" in said.err) == (True, 1, True)
