"""An embedded installation of all services, as a real process that is started and stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tongxing_on_the_path(bin_: Path) -> None:
    """Leave a command `tongxing` in `bin_` that is this checkout's."""
    bin_.mkdir()
    script = bin_ / "tongxing"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from shared.cli import main; main()" "$@"\n')
    script.chmod(0o755)


class Installation:
    """One host: `directory` is where its operator sits."""

    def __init__(self, directory: Path) -> None:
        """Nothing runs yet."""
        self.directory = directory
        self.data = directory / "data"
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TONGXING_")}
        return {
            **kept,
            "PATH": f"{self.directory / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "TONGXING_DATA": str(self.data),
            "TONGXING_PORT": str(self.port),
        }

    def start(self) -> None:
        """Run `tongxing up`, unless it runs, until it is ready."""
        if self._process is not None:
            return
        with (self.directory / "up.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.directory / "bin" / "tongxing", "up"],
                cwd=self.directory,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self.directory / "up.log").read_text()[-3000:])
            time.sleep(0.1)

    def stop(self) -> None:
        """End it as Ctrl-C would; nothing where it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=40)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def _ready(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
            return True
        return False
