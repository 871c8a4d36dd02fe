"""An older Kafka: the real one, behind a door that tells clients of less than there is."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kafka.protocol.broker_version_data import BROKER_API_VERSIONS

_API_VERSIONS, _UNSUPPORTED_VERSION = 18, 35


class _Handler(socketserver.BaseRequestHandler):
    server: "_Door"

    def handle(self) -> None:
        """Answer what the release knows by ourselves; pass everything else on, a request at a time."""
        with suppress(OSError), socket.create_connection(self.server.kafka, timeout=5) as kafka:
            while True:
                request = _message(self.request)
                key, version, correlation = struct.unpack_from(">hhi", request)
                if key == _API_VERSIONS:
                    answer = self._known(correlation, refused=version > 0)
                else:
                    kafka.sendall(_framed(request))
                    answer = _message(kafka)
                self.request.sendall(_framed(answer))

    def _known(self, correlation: int, *, refused: bool) -> bytes:
        """ApiVersions in its first form, in which a refusal of newer forms is said too (KIP-511)."""
        known = {**BROKER_API_VERSIONS[self.server.release], _API_VERSIONS: (0, 0)}
        head = struct.pack(">ihi", correlation, _UNSUPPORTED_VERSION if refused else 0, len(known))
        return head + b"".join(struct.pack(">hhh", key, *versions) for key, versions in known.items())


class _Door(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, kafka: str, release: tuple[int, int]) -> None:
        host, _, port = kafka.rpartition(":")
        self.kafka, self.release = (host, int(port)), release
        super().__init__(("127.0.0.1", 0), _Handler)


@contextmanager
def older(kafka: str, release: tuple[int, int]) -> Iterator[str]:
    """`host:port` of a door to `kafka` that knows what this release knew."""
    with _Door(kafka, release) as door:
        threading.Thread(target=door.serve_forever, args=(0.05,), daemon=True).start()
        yield f"127.0.0.1:{door.server_address[1]}"
        door.shutdown()


def _message(source: socket.socket) -> bytes:
    """The next message, without its length. Raises ConnectionError at the end."""
    (size,) = struct.unpack(">i", _exactly(source, 4))
    return _exactly(source, size)


def _exactly(source: socket.socket, size: int) -> bytes:
    read = source.recv(size, socket.MSG_WAITALL)
    if len(read) < size:
        raise ConnectionError
    return read


def _framed(message: bytes) -> bytes:
    return struct.pack(">i", len(message)) + message
