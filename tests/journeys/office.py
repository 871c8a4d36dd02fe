"""An office that runs Tongxing as its users do: `tongxing up` in a process of its own, on a free port."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import requests

_LINK = re.compile(r"https?://\S+/sign-in/\S+")


@dataclass
class Office:
    """One data directory, served by one `tongxing up` at a time; `log` is what all of them printed."""

    data: Path
    port: int = field(default_factory=lambda: free_port())  # noqa: PLW0108  defined below
    extra: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self._log.read_text() if self._log.exists() else ""

    @property
    def _log(self) -> Path:
        return self.data.with_name("office.log")

    def open(self) -> Self:
        """Start and wait until it answers."""
        environment = {
            **os.environ,
            **self.extra,
            "TONGXING_DATA": str(self.data),
            "TONGXING_PORT": str(self.port),
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [Path(sys.executable).with_name("tongxing"), "up"],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(
            lambda: _answers(f"{self.address}/healthz"),
            "the office answers",
            alive=self._process,
            log=self._log,
        )
        return self

    def link(self) -> str:
        """The newest sign-in link that it printed."""
        until(lambda: bool(_LINK.search(self.log)), "a link is printed")
        newest: str = _LINK.findall(self.log)[-1]
        return newest

    def kill(self) -> None:
        """Kill -9, master and worker, as a power cut would."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> int:
        """Ask it to stop, as Ctrl-C does; answers its exit code."""
        assert self._process
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGTERM)
        return self._process.wait(timeout=40)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(
    true: Callable[[], bool],
    what: str,
    *,
    timeout: float = 60,
    alive: subprocess.Popen[bytes] | None = None,
    log: Path | None = None,
) -> None:
    """Wait until `true()` is, or fail saying what did not happen."""
    deadline = time.monotonic() + timeout
    while not true():
        said = log.read_text()[-3000:] if log else ""
        if alive is not None and alive.poll() is not None:
            raise AssertionError(f"It ended with {alive.returncode}. {said}")
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {timeout:g} s: {what}. {said}")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False
