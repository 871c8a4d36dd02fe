"""A SOCKS5 proxy that can be shut, to take a real Kafka away from one client and no other."""

import socket
import socketserver
import threading
from contextlib import suppress

_SUCCESS = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
_IPV4, _NAME = 1, 3


class _Handler(socketserver.BaseRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        """RFC 1928 without authentication: greet, connect, then carry bytes both ways."""
        with suppress(OSError):
            client: socket.socket = self.request
            _, methods = client.recv(2, socket.MSG_WAITALL)
            client.recv(methods, socket.MSG_WAITALL)
            client.sendall(b"\x05\x00")
            *_, kind = client.recv(4, socket.MSG_WAITALL)
            if kind == _NAME:
                host = client.recv(client.recv(1)[0], socket.MSG_WAITALL).decode()
            else:
                family, size = (socket.AF_INET, 4) if kind == _IPV4 else (socket.AF_INET6, 16)
                host = socket.inet_ntop(family, client.recv(size, socket.MSG_WAITALL))
            port = int.from_bytes(client.recv(2, socket.MSG_WAITALL), "big")
            with socket.create_connection((host, port), timeout=5) as target:
                target.settimeout(None)
                self.server.carry(client, target)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.open = True
        self.sockets: set[socket.socket] = set()

    def verify_request(self, request: object, client_address: object) -> bool:
        """Turn everybody away while the door is shut."""
        return self.open

    def carry(self, client: socket.socket, target: socket.socket) -> None:
        """Carry bytes until one side ends."""
        client.sendall(_SUCCESS)
        self.sockets |= {client, target}
        back = threading.Thread(target=_copy, args=(target, client), daemon=True)
        back.start()
        _copy(client, target)
        back.join()
        self.sockets -= {client, target}


class Proxy:
    """Listens on a port of its own until closed."""

    def __init__(self) -> None:
        """Start with the door open."""
        self._server = _Server()
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"socks5://127.0.0.1:{self._server.server_address[1]}"

    def close_door(self) -> None:
        """Break every connection and let none in."""
        self._server.open = False
        for one in list(self._server.sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def open_door(self) -> None:
        """Let connections in again."""
        self._server.open = True

    def close(self) -> None:
        """Stop for good."""
        self.close_door()
        self._server.shutdown()
        self._server.server_close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
