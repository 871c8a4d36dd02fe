"""A compose project of a test's own: started, asked, and removed with its volumes."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[2]
SECURE = "deploy/secure/docker-compose.yml"
SERVICES = ("directory", "exchange", "notifications", "resources", "scheduling")


class FailedError(Exception):
    """A command of Docker's that failed; the text is what it said."""


def docker(
    *arguments: str,
    timeout: float = 300,
    environment: dict[str, str] | None = None,
    directory: Path = CHECKOUT,
) -> str:
    """What `docker ARGUMENTS` prints. Raises FailedError with all that it said."""
    done = subprocess.run(
        ["docker", *arguments],
        cwd=directory,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        raise FailedError(f"docker {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def clone(into: Path) -> Path:
    """A clone of what compose and the images are made of, in which a test may give secrets and settings."""
    unwanted = shutil.ignore_patterns("node_modules", "__pycache__", "*.egg-info", "dist", ".env")
    for part in ("deploy", "shared", "services"):
        shutil.copytree(CHECKOUT / part, into / part, ignore=unwanted)
    for part in ("docker-compose.yml", "requirements.lock", ".dockerignore", ".env.example"):
        shutil.copy2(CHECKOUT / part, into / part)
    for given in (into / "deploy/given").iterdir():
        if given.name != "README.md":
            given.unlink()  # a developer's own secrets stay the developer's
    return into


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Stack:
    """One compose project. `overrides` are further compose files, `settings` its variables, `directory` a clone."""

    project: str
    overrides: Sequence[str] = ()
    settings: dict[str, str] = field(default_factory=dict)
    directory: Path = CHECKOUT

    def __post_init__(self) -> None:
        """Take ports that are free, so that a stack of the developer's own is left alone."""
        self.settings = {
            "TONGXING_IMAGES": "tongxing-test",
            "TONGXING_PORT": str(free_port()),
            "TONGXING_MAIL_PORT": str(free_port()),
            **self.settings,
        }

    @property
    def url(self) -> str:
        """The one address."""
        return f"http://127.0.0.1:{self.settings['TONGXING_PORT']}"

    def compose(self, *arguments: str, timeout: float = 300) -> str:
        """What `docker compose ARGUMENTS` prints for this project."""
        files = [part for file in ("docker-compose.yml", *self.overrides) for part in ("-f", file)]
        # A .env of the developer's is not the test's.
        prefix = [
            "compose",
            "--env-file",
            "/dev/null",
            "--progress",
            "quiet",
            "--ansi",
            "never",
            "-p",
            self.project,
            *files,
        ]
        return docker(
            *prefix, *arguments, timeout=timeout, environment=self.settings, directory=self.directory
        )

    def up(self, *services: str) -> None:
        """Start these, or all, and wait until they are healthy or, what runs once, done."""
        self.compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", "120", *services)

    def run_in(self, service: str, script: Path, *arguments: str) -> Any:
        """What a Python script prints as JSON, run as the service runs, with its secrets and in its network."""
        printed = self.compose(
            *(
                "run",
                "--rm",
                "--no-deps",
                "-T",
                "--volume",
                f"{script}:/script.py:ro",
                "--entrypoint",
                "python",
            ),
            *(service, "/script.py", *arguments),
        )
        return json.loads(printed)

    def log(self, service: str) -> str:
        """What the containers of a service have printed."""
        printed = self.compose("logs", "--no-color", "--no-log-prefix", service)
        return printed.replace("\x1b[2K", "")  # compose clears lines of a terminal that is not there

    def down(self) -> None:
        """Remove its containers and volumes."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")
