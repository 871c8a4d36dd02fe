"""A worker as a real process: SIGTERM hands its job over, a stuck one says so and cannot hold up the end."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from shared.db import Database
from shared.jobs import JobId, enqueue, job
from tests.jobs import databases
from tests.jobs.databases import left

PATIENCE = 60


@contextmanager
def a_worker(database: Database, kind: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    command = [sys.executable, "-m", "tests.worker.a_worker", str(database.engine.url.database), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def ask(database: Database) -> JobId:
    return database.run(lambda tx: enqueue(tx, kind="count", arguments={}), actor="account:7")


def lines_of(stderr: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stderr.splitlines() if line.startswith("{")]


def test_sigterm_drains_and_the_job_stays_where_it_was(tmp_path: Path) -> None:
    with databases.sqlite(tmp_path) as database:
        id_ = ask(database)
        with a_worker(database, "quick") as (process, port):
            assert process.stdout is not None
            while process.stdout.readline() != "step 3\n":
                pass
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE) as answer:
                assert json.load(answer)["status"] == "ok"
            process.send_signal(signal.SIGTERM)
            rest, stderr = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert [line["message"] for line in lines_of(stderr)] == [
            "The worker is running.",
            "The worker is draining.",
            "The worker has ended.",
        ]
        with database.reading() as db:
            after = job(db, id_)
        assert (after.state, after.error) == ("queued", None)
        begun = 4 + len([line for line in rest.splitlines() if line.startswith("step")])
        assert left(database) == list(range(begun)), "every step that began was saved, once"


def test_a_stuck_worker_turns_unready_and_still_ends(tmp_path: Path) -> None:
    with databases.sqlite(tmp_path) as database:
        ask(database)
        with a_worker(database, "stuck") as (process, port):
            deadline = time.monotonic() + PATIENCE
            while (wrong := not_ready(port)) is None and time.monotonic() < deadline:
                pass
            assert wrong is not None
            assert "It has been in one step for" in wrong
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        messages = [line["message"] for line in lines_of(stderr)]
        assert messages.count("A step does not end; here is where every thread stands.") == 1
        assert "Some steps did not end in time." in messages
        (dump,) = [line["stacks"] for line in lines_of(stderr) if "does not end" in line["message"]]
        assert "threading.Event().wait()" in dump


def not_ready(port: int) -> str | None:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE).close()
    except HTTPError as error:
        with error:
            return error.read().decode()
    return None
