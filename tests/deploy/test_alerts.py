"""Each alert of deploy/alerts.yml fires when what it means is so, and is quiet before and, where it ends, after.

The toy service stands on SQLite and the embedded broker; what the rules read is the text of its /metrics. What is
brought about is real, but for a full disk, whose answer is replaced. The rules are evaluated by `rules.py`, which says
how far that goes; `for` is left out. promtool is not needed.
"""

import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask

from shared.events.embedded import file
from shared.jobs import JobHandler, JobRunner, enqueue
from shared.observe import metrics
from shared.observe.health import Health
from shared.observe.metrics import REGISTRY, Gauge
from shared.observe.scraped import SCRAPED, Reading
from shared.observe.web import instrument
from shared.runtime import Runtime
from shared.serving.gauges import watch
from shared.settings import Settings
from shared.worker import Loop, Worker
from tests.cli.toys import app as toys
from tests.deploy.rules import Rule, Scrape, firing, read
from tests.events.standing import Standing, standing

ROOT = Path(__file__).parents[2]
RULES = {rule.name: rule for rule in read(ROOT / "deploy" / "alerts.yml")}


@dataclass
class Watched:
    """The toy service as Prometheus sees it: each look is a scrape, compared with the one before."""

    toy: Standing
    before: Scrape = field(default_factory=lambda: Scrape({}))
    runtime: Runtime | None = None

    def look(self) -> Scrape:
        watch(self.runtime or self.toy.runtime)  # again, so that no answer of the look before is kept
        text, _ = metrics.exposition()
        return Scrape.of(text.decode())

    def fires(self, name: str) -> bool:
        """Whether the alert fires for the toy service now."""
        after = self.look()
        labels = firing(RULES[name], self.before, after)
        self.before = after
        return any(("service", "toys") in each for each in labels)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    toys.failing.clear()
    toys.failing.add(toys.BROKEN)
    with standing(tmp_path) as toy:
        here = Watched(toy)
        toy.do(lambda tx: toys.new_ball(tx, how="straight"))
        toy.flow()
        here.before = here.look()
        yield here
    SCRAPED.forget("toys")


def roll(toy: Standing, how: str = "straight", *, times: int = 1) -> None:
    for _ in range(times):
        toy.do(lambda tx: toys.new_ball(tx, how=how))


def test_events_that_are_not_sent(watched: Watched) -> None:
    roll(watched.toy)
    assert not watched.fires("TongxingEventsNotSent")
    watched.toy.pass_time(timedelta(minutes=6))
    assert watched.fires("TongxingEventsNotSent")
    watched.toy.send()
    assert not watched.fires("TongxingEventsNotSent")


def test_a_relay_that_fails(watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "LOCK_PATIENCE", 0.1)
    roll(watched.toy)
    watched.toy.send()
    assert not watched.fires("TongxingRelayFailing")
    with closing(sqlite3.connect(tmp_path / "broker.db", isolation_level=None)) as hanging:
        hanging.execute("BEGIN IMMEDIATE")  # another process keeps the broker's lock
        roll(watched.toy)
        watched.toy.relay.step()
        assert watched.fires("TongxingRelayFailing")
    watched.toy.send()
    assert not watched.fires("TongxingRelayFailing")


def test_a_consumer_that_falls_behind(watched: Watched) -> None:
    assert not watched.fires("TongxingConsumerFallsBehind")
    roll(watched.toy, times=101)
    watched.toy.send()
    assert watched.fires("TongxingConsumerFallsBehind")
    watched.toy.receive()
    assert not watched.fires("TongxingConsumerFallsBehind")


def test_a_consumer_that_stopped(watched: Watched) -> None:
    assert not watched.fires("TongxingConsumerStopped")
    roll(watched.toy, toys.BROKEN, times=60)
    watched.toy.send()
    watched.toy.receive()
    assert watched.fires("TongxingConsumerStopped")
    toys.failing.clear()
    for _ in range(40):
        watched.toy.pass_time(timedelta(minutes=5))
        watched.toy.receive()
    assert not watched.fires("TongxingConsumerStopped")


def test_events_that_are_parked_and_given_up(watched: Watched) -> None:
    assert not watched.fires("TongxingEventsParked")
    roll(watched.toy, toys.BROKEN)
    watched.toy.flow()
    assert watched.fires("TongxingEventsParked")
    assert not watched.fires("TongxingDeadLetters")
    watched.toy.pass_time(timedelta(minutes=10))
    watched.toy.receive()
    assert watched.fires("TongxingDeadLetters")


def test_notices_that_are_late_or_in_doubt(watched: Watched) -> None:
    """What notifications itself reads of its tables is tried there (test_deliveries_gauges)."""
    late, doubts = [0.0], [0.0]

    def gauges(_runtime: Runtime) -> list[Reading]:
        return [
            Reading(metrics.DELIVERIES_OLDEST_DUE_SECONDS, late[0], ("email",)),
            Reading(metrics.DELIVERIES, doubts[0], ("wecom", "in_doubt")),
            Reading(metrics.DELIVERIES, 5_000, ("email", "waiting")),
        ]

    described = replace(watched.toy.runtime.service, gauges=gauges)
    watched.runtime = Runtime(described, watched.toy.runtime.settings)
    assert not watched.fires("TongxingNoticesLate")
    assert not watched.fires("TongxingNoticesInDoubt")
    late[0], doubts[0] = 1_000.0, 1.0
    assert watched.fires("TongxingNoticesLate")
    assert watched.fires("TongxingNoticesInDoubt")


def test_readings_that_fail(watched: Watched, tmp_path: Path) -> None:
    assert not watched.fires("TongxingReadingsFail")
    watched.runtime = Runtime(
        toys.service, Settings(data=tmp_path / "nowhere")
    )  # a database that is not there
    try:
        assert watched.fires("TongxingReadingsFail")
    finally:
        watched.runtime.close()


def test_pages_that_fail(watched: Watched) -> None:
    app = Flask("toys")
    instrument(app, "toys")
    broken: list[bool] = []

    @app.get("/toys/ball")
    def ball() -> str:
        if broken:
            raise OSError("the ball is gone")
        return "round"

    def ask(times: int) -> None:
        for _ in range(times):
            app.test_client().get("/toys/ball")

    ask(1)
    broken.append(True)
    ask(1)  # each series is there now, and can increase
    broken.clear()
    watched.before = watched.look()
    ask(100)
    assert not watched.fires("TongxingPagesFail")
    broken.append(True)
    ask(3)
    assert watched.fires("TongxingPagesFail")


def test_jobs_that_fail(watched: Watched) -> None:
    def fail(step: object) -> object:
        raise ValueError("the list has no end")

    handlers: dict[str, JobHandler] = {"count": fail}  # type: ignore[dict-item]  # it never answers
    runner = JobRunner(watched.toy.runtime.database, handlers, service="toys", owner="here")
    assert not watched.fires("TongxingJobsFail")
    watched.toy.do(lambda tx: enqueue(tx, kind="count", arguments={}))
    for _ in range(20):
        runner.step()
        watched.toy.pass_time(timedelta(hours=1))
    assert watched.fires("TongxingJobsFail")
    assert not watched.fires("TongxingJobsFail")  # an old failure is no news


def test_a_loop_that_is_stuck(watched: Watched) -> None:
    passed, go_on, inside = [0.0], threading.Event(), threading.Event()

    def step() -> bool:
        inside.set()
        go_on.wait(10)
        return False

    loop = Loop("relay", step, service="toys", idle=(60, 60), monotonic=lambda: passed[0])
    worker = Worker([loop], health=Health())
    worker.start()
    try:
        assert inside.wait(10)
        assert not watched.fires("TongxingLoopStuck")
        passed[0] = 61.0
        assert _eventually(lambda: watched.fires("TongxingLoopStuck"))
        go_on.set()
        assert _eventually(lambda: not watched.fires("TongxingLoopStuck"))
    finally:
        go_on.set()
        worker.drain(timeout=10)


def _eventually(question: Callable[[], bool]) -> bool:
    """An answer serves scrapes for a second."""
    pause = threading.Event()
    return any(question() or pause.wait(0.2) for _ in range(30))


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_disk_that_is_nearly_full(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(100, 80, 20))
    assert not watched.fires("TongxingDiskNearlyFull")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(100, 90, 5))  # 5 are root's alone
    assert watched.fires("TongxingDiskNearlyFull")


def test_the_disk_is_that_of_the_data_directory_or_where_it_would_lie(
    tmp_path: Path, watched: Watched
) -> None:
    watched.runtime = Runtime(toys.service, Settings(data=tmp_path / "not" / "yet"))
    (free,) = watched.look().samples["tongxing_disk_free_ratio"].values()
    assert 0 < free <= 1


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_reads_metrics_that_there_are_and_says_what_to_do(rule: Rule) -> None:
    assert rule.metrics <= known()
    assert {"expr", "severity", "summary", "summary_zh", "runbook"} <= rule.said.keys()
    assert rule.said["severity"] in {"warning", "critical"}
    page, _, anchor = rule.said["runbook"].partition("#")
    headings = re.findall(r"^## (\w+)$", (ROOT / page).read_text(), re.MULTILINE)
    assert anchor in {heading.lower() for heading in headings}


def test_every_section_is_of_a_rule() -> None:
    headings = re.findall(r"^## (Tongxing\w+)$", (ROOT / "docs" / "alerts.md").read_text(), re.MULTILINE)
    assert headings == list(RULES)


def test_every_rule_was_tried() -> None:
    source = Path(__file__).read_text()
    assert {name for name in RULES if f'fires("{name}")' in source} == RULES.keys()


def known() -> set[str]:
    """The names under which our metrics are scraped."""
    gauges = {value.name for value in vars(metrics).values() if isinstance(value, Gauge)}
    counted = set(REGISTRY._names_to_collectors)
    return gauges | counted | {"tongxing_readings_failed"}
