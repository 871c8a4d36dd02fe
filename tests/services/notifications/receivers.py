"""Real receivers on loopback: a mail server, a webhook's reader that verifies with the library, and robots' stand-ins."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Posted:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


#: What a receiver answers: status, headers, body.
Says = tuple[int, dict[str, str], bytes]

FINE: Says = (204, {}, b"")


@dataclass
class Receiver:
    """Somebody's server. says: answers each request; may take its time."""

    says: Callable[[Posted], Says] = lambda _posted: FINE
    got: list[Posted] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def receiver(says: Callable[[Posted], Says] = lambda _posted: FINE) -> Iterator[Receiver]:
    made = Receiver(says)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if (
                len(body) < length
            ):  # whoever sent it died meanwhile: a server that reads whole requests never saw it
                self.close_connection = True
                return
            posted = Posted(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            made.got.append(posted)
            status, headers, answer = made.says(posted)
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:  # whoever asked has gone
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever asked has gone."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Postbox:
    """A mail server. rcpt, data: what it answers to an address and to a mail, where it is not 250."""

    rcpt: Callable[[str], str | None] = lambda _address: None
    data: Callable[[bytes], str | None] = lambda _content: None
    got: list[tuple[str, Message]] = field(default_factory=list)
    sessions: int = 0
    port: int = 0

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if said := self.rcpt(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        content = envelope.content
        assert isinstance(content, bytes)
        if said := self.data(content):
            return said
        self.got.append((envelope.rcpt_tos[0], message_from_bytes(content)))
        return "250 queued"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def postbox(
    *,
    rcpt: Callable[[str], str | None] = lambda _address: None,
    data: Callable[[bytes], str | None] = lambda _c: None,
) -> Iterator[Postbox]:
    made = Postbox(rcpt, data)
    with socket.create_server(("127.0.0.1", 0)) as free:
        made.port = free.getsockname()[1]
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


def until(condition: Callable[[], object], *, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It never came about."
        time.sleep(0.01)
