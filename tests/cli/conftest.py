"""The toy service installed, and the command line as a caller sees it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import shared.db
from shared.cli.root import tongxing
from tests.cli.installing import install_toys
from tests.cli.toys import app as toys
from tests.events.standing import Standing, standing

ROOT = Path(__file__).parents[2]

#: The migrations of what every service has, and the toys' own.
STEPS = len(list((Path(shared.db.__file__).parent / "spine").glob("0*.py"))) + 1


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory to put on the path, so that the toy service is found."""
    directory = tmp_path_factory.mktemp("installed")
    install_toys(directory)
    return directory


@pytest.fixture
def data(tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory that the settings of this process name; `toys` is found."""
    monkeypatch.syspath_prepend(str(installed))
    for name in [name for name in os.environ if name.startswith("TONGXING_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TONGXING_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def toy(data: Path) -> Iterator[Standing]:
    """The toy service standing on that directory."""
    data.mkdir()
    toys.failing.clear()
    toys.failing.add(toys.BROKEN)
    with standing(data) as here:
        yield here


@dataclass
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(data: Path) -> Callable[..., Said]:
    """Call the command line in this process."""

    def call(*arguments: str, input_: str | None = None) -> Said:
        result: Result = CliRunner().invoke(tongxing, arguments, input=input_)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return call


@dataclass
class Process:
    """A real `tongxing` process."""

    popen: subprocess.Popen[str]
    port: int
    began: float = field(default_factory=time.monotonic)

    def get(self, path: str = "/toys/", *, within: float = 20.0) -> tuple[int, str]:
        """Ask until somebody answers."""
        deadline = time.monotonic() + within
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                    return answer.status, answer.read().decode()
            except OSError:
                if self.popen.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def end(self, number: int = signal.SIGTERM) -> Said:
        """Send the signal and wait for the end."""
        self.popen.send_signal(number)
        return self.wait()

    def wait(self) -> Said:
        out, err = self.popen.communicate(timeout=40)
        return Said(self.popen.returncode, out, err)


@pytest.fixture
def start(data: Path, installed: Path) -> Iterator[Callable[..., Process]]:
    """Start the command line as a process of its own; what still runs at the end is killed."""
    running: list[Process] = []

    def call(*arguments: str, **variables: str) -> Process:
        port = int(variables.setdefault("TONGXING_PORT", str(free_port())))
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(installed)]),
            "TONGXING_DATA": str(data),
            **variables,
        }
        popen = subprocess.Popen(
            [sys.executable, "-c", "from shared.cli import main; main()", *arguments],
            env=environment,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        running.append(Process(popen, port))
        return running[-1]

    yield call
    for process in running:
        with suppress(ProcessLookupError):  # the group: gunicorn's workers too
            os.killpg(process.popen.pid, signal.SIGKILL)
        process.popen.communicate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
