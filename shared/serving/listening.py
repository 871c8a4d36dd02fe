"""Taking the port before anything else is done, so that a taken one costs nobody a migration."""

import socket

from shared.errors import Unavailable
from shared.text import Sentence


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to the address, which does not accept yet. Raises Unavailable with what to do."""
    try:
        ((family, kind, protocol, _, bound),) = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[:1]
        taken = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot(host, port, error) from error
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of the last run may linger
        taken.bind(bound)
    except OSError as error:
        taken.close()
        raise _cannot(host, port, error) from error
    return taken


def _cannot(host: str, port: int, error: OSError) -> Unavailable:
    reason = error.strerror or str(error)
    return Unavailable(
        Sentence(
            zh=f"无法监听 {host} 的端口 {port}（{reason}）。请用 TONGXING_PORT 换一个端口，或停止占用它的程序。",
            en=f"Cannot listen on port {port} of {host} ({reason}). "
            "Choose another one with TONGXING_PORT, or stop the program that has it.",
        )
    )
