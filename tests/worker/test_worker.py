"""The worker: it starts, says what is wrong, and drains; in one process for several services."""

import json
import threading
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError

import pytest
from prometheus_client import generate_latest

from shared.db import Database
from shared.errors import Invalid
from shared.jobs import JobRunner
from shared.observe.endpoints import wsgi
from shared.observe.health import Health
from shared.observe.metrics import REGISTRY
from shared.text import Sentence
from shared.worker import Bell, Loop, Server, Timers, Worker, loops_of
from shared.worker.watchdog import Watchdog
from tests.observe.conftest import Lines

PATIENCE = 30


class Monotonic:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Held:
    """A step that stays inside until it is let go."""

    def __init__(self) -> None:
        self.inside, self.let_go = threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self) -> bool:
        self.inside.release()
        assert self.let_go.acquire(timeout=PATIENCE)
        return True


def loop_of(step: Callable[[], object], clock: Monotonic, name: str = "consumer") -> Loop:
    return Loop(name, step, service="exchange", idle=(60, 60), monotonic=clock)


def test_a_stuck_step_shows_its_stack_once_turns_unready_and_recovers(logged: Lines) -> None:
    clock, step, health = Monotonic(), Held(), Health()
    loop = loop_of(step, clock)
    watchdog = Watchdog([loop], stuck_after=60)
    Worker([loop], health=health, stuck_after=60)
    loop.start()
    try:
        assert step.inside.acquire(timeout=PATIENCE)
        clock.now = 59.9
        watchdog.look()
        assert health.ready().well
        clock.now = 61
        watchdog.look()
        watchdog.look()
        (line,) = [line for line in logged() if "does not end" in line["message"]]
        assert (line["service"], line["loop"], line["seconds"]) == ("exchange", "consumer", 61)
        assert "── exchange consumer" in line["stacks"]
        assert "self.let_go.acquire" in line["stacks"], "the very line where it hangs"
        assert health.ready().wrong == (
            "exchange consumer works: It has been in one step for 61 s; the log shows where every thread stands.",
        )
        assert health.alive().well, "a restart is not the first thing to try"
        clock.now = 600
        assert not health.alive().well, "but the last"
        step.let_go.release()
        assert step.inside.acquire(timeout=PATIENCE)  # the next step has begun
        assert health.ready().well
        watchdog.look()
        assert logged()[-1]["message"] == "The loop moves again."
        clock.now = 700
        watchdog.look()
        assert len([line for line in logged() if "does not end" in line["message"]]) == 2, (
            "stuck anew, told anew"
        )
    finally:
        loop.ask_to_stop()
        step.let_go.release(2)
        assert loop.join(PATIENCE)


def test_draining_ends_every_loop_and_closes_in_order() -> None:
    step, health = Held(), Health()
    closed: list[str] = []
    loops = [
        Loop("consumer", step, service="exchange", idle=(60, 60), close=lambda: closed.append("member")),
        Loop("relay", lambda: False, service="resources", idle=(60, 60)),
    ]

    def fails() -> None:
        closed.append("broker")
        raise OSError("gone already")

    worker = Worker(loops, health=health, close=[fails, lambda: closed.append("database")])
    worker.start()
    assert step.inside.acquire(timeout=PATIENCE)
    assert health.ready().well
    assert b'tongxing_loop_busy_seconds{loop="consumer",service="exchange"}' in generate_latest(REGISTRY)
    drained: list[bool] = []
    drain = threading.Thread(target=lambda: drained.append(worker.drain(PATIENCE)))
    drain.start()
    step.let_go.release(2)
    drain.join(PATIENCE)
    assert (drained, closed) == ([True], ["member", "broker", "database"])
    assert "process: The process is shutting down." in health.ready().wrong
    assert worker.drain(), "a second time is harmless"
    assert b"tongxing_loop_busy_seconds{" not in generate_latest(REGISTRY)


def test_a_drain_does_not_wait_for_ever(logged: Lines) -> None:
    clock, step = Monotonic(), Held()
    closed: list[str] = []
    worker = Worker([loop_of(step, clock)], health=Health(), close=[lambda: closed.append("database")])
    worker.start()
    assert step.inside.acquire(timeout=PATIENCE)
    assert worker.drain(0.0) is False
    assert closed == ["database"]
    (line,) = [line for line in logged() if "did not end in time" in line["message"]]
    assert line["loops"] == ["exchange consumer"]
    assert "self.let_go.acquire" in line["stacks"]
    step.let_go.release(2)


class Idle:
    """A relay and a consumer with nothing to do and, perhaps, something to complain of."""

    def __init__(self, *topics: str) -> None:
        self.topics = topics
        self.trouble: Sentence | None = None
        self.closed = False

    def step(self, *, timeout: float = 0.0) -> bool:
        assert timeout < 1
        return False

    def close(self) -> None:
        self.closed = True


def service_loops(database: Database, relay: Idle, consumer: Idle) -> dict[str, Loop]:
    loops = loops_of(
        "exchange",
        relay=relay,
        bell=Bell(),
        consumer=consumer,
        timers=Timers(database, (), service="exchange"),
        jobs=JobRunner(database, {}, service="exchange", owner="here"),
    )
    return {loop.name: loop for loop in loops}


def test_the_loops_of_a_service_have_their_rhythm(database: Database) -> None:
    loops = service_loops(database, Idle(), Idle("scheduling.sessions"))
    longest = {name: [loop.turn()[0] for _ in range(9)][-1] for name, loop in loops.items()}
    assert longest == {"relay": 0.2, "timers": 4.0, "jobs": 1.0, "consumer": 0.02}
    assert "consumer" not in service_loops(database, Idle(), Idle()), "who reads nothing need not try"


def test_what_relay_and_consumer_complain_of_makes_the_worker_unready(database: Database) -> None:
    relay, consumer, health = Idle(), Idle("scheduling.sessions"), Health()
    worker = Worker(list(service_loops(database, relay, consumer).values()), health=health)
    worker.start()
    assert health.ready().well
    consumer.trouble = Sentence(zh="已停止。", en="It has stopped itself.")
    relay.trouble = Sentence(zh="没有响应。", en="The broker does not answer.")
    assert health.ready().wrong == (
        "exchange relay works: The broker does not answer.",
        "exchange consumer works: It has stopped itself.",
    )
    assert worker.drain(PATIENCE)
    assert relay.closed
    assert consumer.closed


def get(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def test_the_server_answers_health_and_metrics() -> None:
    health = Health()
    health.ready_if("x", lambda: None)
    server = Server(wsgi(health), host="127.0.0.1", port=0)
    server.start()
    try:
        assert get(server.port, "/healthz")[0] == HTTPStatus.OK
        status, body = get(server.port, "/readyz")
        parsed: Any = json.loads(body)
        assert (status, parsed) == (200, {"status": "ok", "checks": [{"check": "x", "ok": True}]})
        assert b"# HELP tongxing_outbox_unsent_rows" not in get(server.port, "/metrics")[1], (
            "nothing is watched"
        )
        assert b"# HELP tongxing_loop_steps_total" in get(server.port, "/metrics")[1]
        assert get(server.port, "/")[0] == HTTPStatus.NOT_FOUND
        with pytest.raises(Invalid, match="Choose another port with TONGXING_WORKER_PORT"):
            Server(wsgi(health), host="127.0.0.1", port=server.port)
    finally:
        server.close()
