"""How soon `tongxing up` serves again, and how much memory it takes when nobody asks for anything.

Timed from the start of the process to the first page, on a data directory that a first start has made. Memory is the
sum of the proportional set sizes of all its processes (`/proc/PID/smaps_rollup`), after a minute's idling.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

from benchmarks.measuring import ROUNDS, Report, options

#: Seconds of idling before the memory is read.
IDLE = 60.0

_PATIENCE = 60.0


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(str(__doc__))
    report = Report("start")
    with tempfile.TemporaryDirectory() as data:
        first = _Served(Path(data))
        first.end()
        again: list[_Served] = []
        for _ in range(ROUNDS):
            served = _Served(Path(data))
            again.append(served)
            served.end()
        idle = _Served(Path(data))
        time.sleep(IDLE)
        memory = idle.megabytes()
        idle.end()
    report.figure("first start, with databases and demonstration data", [first.took], "s")
    second = report.figure("start again", [served.took for served in again], "s")
    report.figure("memory, idle for a minute", [memory], "MB")
    report.at_most("start again, in seconds", second, 3.0)
    report.at_most("memory, in MB", memory, 250.0)
    return report.finish(as_json=asked.json)


class _Served:
    """One `tongxing up`, which has served its first page."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        started = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603  our own program, on a port of ours
            [Path(sys.executable).with_name("tongxing"), "up", "--port", str(port)],
            env={**os.environ, "TONGXING_DATA": str(data)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not _answers(f"http://127.0.0.1:{port}/sign-in"):
            if self._process.poll() is not None or time.monotonic() - started > _PATIENCE:
                raise SystemExit("`tongxing up` does not serve; run it to see why.")
            time.sleep(0.01)
        self.took = time.monotonic() - started

    def megabytes(self) -> float:
        """The proportional set sizes of the master and what it forked."""
        return sum(_pss(pid) for pid in (self._process.pid, *_children(self._process.pid))) / 1024

    def end(self) -> None:
        """Stop it, as Ctrl-C would."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=_PATIENCE)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    sys.exit(main())
