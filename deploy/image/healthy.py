#!/opt/tongxing/bin/python -IS
"""Asks the process in this container whether it is well.

    healthy /healthz | /readyz

Exits 0 where it answers 200; otherwise prints what it said and exits 1. Imports nothing but sockets, because it
runs every few seconds in every container.
"""

import os
import socket
import sys


def main() -> int:
    """Ask the web process, or else the worker, whichever runs here."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
    for port in (os.environ.get("TONGXING_PORT", "8000"), os.environ.get("TONGXING_WORKER_PORT", "8100")):
        try:
            answer = ask(int(port), path)
        except OSError:
            continue
        head, _, body = answer.partition(b"\r\n\r\n")
        if head.split(b" ", 2)[1:2] == [b"200"]:
            return 0
        sys.stdout.write(body.decode(errors="replace"))
        return 1
    sys.stdout.write("Nothing answers yet.\n")
    return 1


def ask(port: int, path: str) -> bytes:
    """The whole answer to a GET. Raises OSError where nobody listens or nobody answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=2.5) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


if __name__ == "__main__":
    sys.exit(main())
