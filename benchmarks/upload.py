"""How fast a file of 2 GB comes in by tus, in parts of 16 MB as browsers send them, and what memory that takes.

The peer is a bare copy through the same server: a page of gunicorn's that writes what it is sent to a file on the same disk and
waits until it lies there, and does nothing else. Both are sent the same bytes by the same client, in turn.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIEnvironment

import requests

from benchmarks.measuring import Report, interleaved, options
from benchmarks.office import Running, free_port
from services.resources.app import service
from shared.auth.tokens import Signer
from shared.ids import uuid7
from shared.serving.server import serve
from tests.builders import house, who

#: Bytes of the file and of a part; counts of each side.
SIZE, PART, ROUNDS = 2 * 2**30, 16 * 2**20, 3

#: The share of a bare copy's speed that uploads have to reach, and megabytes that the server may grow by meanwhile.
BAR, GROWTH = 0.5, 32.0

_PATIENCE = 60.0
_TUS = {"Tus-Resumable": "1.0.0"}


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(
        str(__doc__),
        size={"type": int, "default": SIZE // 2**20, "help": "megabytes, to try it"},
        bare={"type": Path, "help": argparse.SUPPRESS},
        port={"type": int, "default": 0, "help": argparse.SUPPRESS},
    )
    if asked.bare:
        _serve_bare(asked.bare, asked.port)
    size = asked.size * 2**20
    report = Report("upload")
    with (
        tempfile.TemporaryDirectory() as where,
        _bare(Path(where)) as bare,
        _ours(Path(where)) as (ours, web),
    ):
        _tus(ours, 4 * PART)  # what is loaded with the first file is not its growth
        before = web.megabytes_of_workers()
        rates = interleaved(
            {
                "tus": lambda: _rate(size, lambda: _tus(ours, size)),
                "bare": lambda: _rate(size, lambda: _copy(bare, size)),
            },
            rounds=ROUNDS,
        )
        grown = web.megabytes_of_workers() - before
    tus = report.figure("by tus", rates["tus"], "MB/s")
    copied = report.figure("a bare copy through the same server", rates["bare"], "MB/s")
    report.figure("the server's memory, at most", [before + grown], "MB")
    report.at_least("tus / bare copy", tus / copied, BAR)
    report.at_most("growth of the server's memory, MB", grown, GROWTH)
    return report.finish(as_json=asked.json)


def _rate(size: int, send: Any) -> float:  # noqa: ANN401  what it answers is of no interest
    started = time.perf_counter()
    send()
    return size / 2**20 / (time.perf_counter() - started)


class _Ours:
    """A server of resources with somebody signed in to it."""

    def __init__(self, url: str, token: str) -> None:
        self.door = f"{url}/resources/api/v1/uploads"
        self.browser = requests.Session()
        self.browser.headers.update({**_TUS, "Cookie": f"tongxing={token}"})


def _tus(ours: _Ours, size: int) -> None:
    begun = ours.browser.post(
        ours.door,
        headers={"Upload-Length": str(size), "Upload-Metadata": "filename ZmlsbS5iaW4="},
        timeout=_PATIENCE,
    )
    begun.raise_for_status()
    url = ours.door + "/" + begun.headers["Location"].rpartition("/")[2]
    for at in range(0, size, PART):
        part = min(PART, size - at)
        headers = {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(at),
            "Content-Length": str(part),
        }
        ours.browser.patch(url, data=_bytes(part), headers=headers, timeout=_PATIENCE).raise_for_status()
    ours.browser.delete(url, timeout=_PATIENCE)


def _copy(url: str, size: int) -> None:
    requests.post(
        url, data=_bytes(size), headers={"Content-Length": str(size)}, timeout=600
    ).raise_for_status()


_BLOCK = bytes(range(256)) * 1024


class _bytes:  # noqa: N801  reads as what it is: so many bytes, made as they are sent
    def __init__(self, size: int) -> None:
        self._left = size
        self.len = size

    def read(self, _size: int = -1) -> bytes:
        piece = _BLOCK[: min(len(_BLOCK), self._left)]
        self._left -= len(piece)
        return piece


@contextmanager
def _ours(where: Path) -> Iterator[tuple[_Ours, Running]]:
    port = free_port()
    with house(service, where) as made:
        token = Signer(made.key).sign(who("administrator@all"), session=uuid7(), now=datetime.now(UTC))
        settings = {"TONGXING_DATA": str(where), "TONGXING_DEMO": "false", "TONGXING_LOG_LEVEL": "warning"}
        with Running(
            "web", service.name, "--port", str(port), settings=settings, log=where / "said.log"
        ) as web:
            _until_listening(port)
            yield _Ours(f"http://127.0.0.1:{port}", token), web


@contextmanager
def _bare(where: Path) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(  # noqa: S603  this very program
        [sys.executable, "-m", "benchmarks.upload", "--bare", str(where / "copied"), "--port", str(port)]
    )
    try:
        _until_listening(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def _serve_bare(path: Path, port: int) -> None:
    def copy(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        came, left = cast("Any", environ["wsgi.input"]), int(str(environ.get("CONTENT_LENGTH") or 0))
        with path.open("wb") as file:
            while left and (piece := came.read(min(left, 256 * 1024))):
                file.write(piece)
                left -= len(piece)
            file.flush()
            os.fsync(file.fileno())
        start_response("204 No Content", [])
        return []

    bound = socket.create_server(("127.0.0.1", port))
    serve(bound, lambda: (copy, lambda: None), name="bare")


def _until_listening(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"Nobody listens on port {port}.")


if __name__ == "__main__":
    sys.exit(main())
