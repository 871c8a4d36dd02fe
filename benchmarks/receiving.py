"""Receivers in a process of their own: `python -m benchmarks.receiving` prints their ports as JSON and serves until its end.

A mail server, a webhook's reader that takes everything, one that never answers, and one that fails all the time. They do
as little as they can: what they cost, every sender's side of a comparison pays alike.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from aiosmtpd.smtp import SMTP, Envelope, Session

_FINE = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
_FAILING = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where they listen, on loopback."""

    mail: int
    quick: int
    hanging: int
    failing: int


@contextmanager
def receivers() -> Iterator[Ports]:
    """Start them; they end with the block."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.receiving"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None  # noqa: S101  it was asked for
        yield Ports(**json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait()


class _Handler:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802  aiosmtpd's
        return "250 OK"


async def _http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes | None) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            if answer is None:
                await asyncio.sleep(3600)
                return
            writer.write(answer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    ports: dict[str, int] = {}
    mail = await loop.create_server(lambda: SMTP(_Handler(), hostname="localhost", loop=loop), "127.0.0.1", 0)
    ports["mail"] = mail.sockets[0].getsockname()[1]
    servers = []
    for name, answer in (("quick", _FINE), ("hanging", None), ("failing", _FAILING)):
        server = await asyncio.start_server(partial(_http, answer=answer), "127.0.0.1", 0)
        servers.append(server)
        ports[name] = server.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
