"""How channels behave towards servers that misbehave: cut off, slow, dripping, redirecting, lying about dates."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from services.notifications.channels.commands.hooks import clipped, retry_after
from services.notifications.channels.commands.reaching import Answered, CutOffError, Reach, is_public
from tests.builders import House
from tests.services.notifications.channels_of import add
from tests.services.notifications.sending import allow, attempts, send, states, tell


@contextmanager
def speaking(*words: tuple[bytes, float]) -> Iterator[tuple[int, list[bytes]]]:
    """A server that reads a little, says its words with pauses, and hangs up; port, and what it has read."""
    read: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                read.append(connection.recv(65536))
                for word, pause in words:
                    try:
                        connection.sendall(word)
                    except OSError:
                        break
                    time.sleep(pause)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], read
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@contextmanager
def forgetful_mail_server() -> Iterator[tuple[int, list[bytes]]]:
    """Takes a whole mail and hangs up instead of saying so."""
    mails: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as lines:
                lines.write(b"220 here\r\n")
                lines.flush()
                for line in lines:
                    if line.upper().startswith(b"DATA"):
                        lines.write(b"354 go on\r\n")
                        lines.flush()
                        mails.append(b"".join(iter(lines.readline, b".\r\n")))
                        break
                    lines.write(b"250 fine\r\n")
                    lines.flush()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1], mails
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@pytest.mark.parametrize(
    ("class_name", "became"),
    [("invitation", [("failed", "in_doubt", 1)]), ("announcement", [("in_doubt", "in_doubt", 1)])],
)
def test_a_mail_that_went_out_without_an_answer_is_in_doubt_by_its_class(
    office: House, class_name: str, became: list[tuple[str, str, int]]
) -> None:
    with forgetful_mail_server() as (port, mails):
        allow(office, smtp=f"smtp://127.0.0.1:{port}")
        add(office)
        tell(office, class_name=class_name)
        send(office)
        assert states(office) == became
        office.clock.move(timedelta(minutes=2))
        send(office)

    ids = {line for mail in mails for line in mail.splitlines() if line.startswith(b"Message-ID")}
    assert len(ids) == 1
    assert len(mails) == (2 if class_name == "invitation" else 1)


def test_an_answer_that_drips_is_cut_off_in_time() -> None:
    drops = [(b"HTTP/1.1 200 OK\r\n", 0.1), *((b"X-Drop: 1\r\n", 0.1) for _ in range(50))]
    with speaking(*drops) as (port, _):
        reach = Reach(allowed=frozenset({"127.0.0.1"}), seconds=0.4)
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(0.05):
                reach.cut_overdue()

        threading.Thread(target=watch, daemon=True).start()
        begun = time.monotonic()
        with pytest.raises(CutOffError):
            reach.post(f"http://127.0.0.1:{port}/", b"{}", {}, reuse=True)
        ended.set()
        assert time.monotonic() - begun < 2


def test_a_redirect_is_a_failure_and_is_not_followed(office: House) -> None:
    with speaking((b"HTTP/1.1 307 T\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 0)) as (
        port,
        read,
    ):
        allow(office, hosts=("127.0.0.1",))
        add(office, "webhook", f"http://127.0.0.1:{port}/in")
        tell(office)
        send(office)

    assert attempts(office) == [("failed", "307")]
    assert len(read) == 1


def test_what_is_no_http_at_all_is_recorded_and_tried_again(office: House) -> None:
    with speaking((b"SSH-2.0-hello\r\n\x00\xff", 0)) as (port, _):
        allow(office, hosts=("127.0.0.1",))
        add(office, "webhook", f"http://127.0.0.1:{port}/in")
        tell(office)
        send(office)

    assert attempts(office) == [("in_doubt", "no-answer")]
    assert states(office) == [("failed", "in_doubt", 1)]


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 23 Nov 2026 01:00:00 GMT", timedelta(hours=1)),
        ("Sun, 22 Nov 2026 01:00:00 GMT", timedelta(0)),
        ("99999999999999", timedelta(seconds=10**6)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_in_all_its_ways(said: str, wait: timedelta | None) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)

    assert retry_after(Answered(503, {"retry-after": said}, b""), now=now) == wait


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  refused, not bound
        ("224.0.0.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_which_addresses_belong_to_the_world(address: str, public: bool) -> None:  # noqa: FBT001
    assert is_public(ip_address(address)) is public


def test_an_answer_is_clipped_and_holds_nothing_that_a_database_refuses() -> None:
    assert clipped(b"\x00\xff<html>" + b"x" * 10_000) == "\ufffd<html>" + "x" * 292
