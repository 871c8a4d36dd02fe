"""Posting to addresses that strangers have written down: looked up, looked at, and reached at exactly that address.

A name may resolve to a public address when it is checked and to 127.0.0.1 when it is used. So the address that was
checked is the one that is connected to, redirects are not followed, and time is bounded from the first byte to the last.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

#: What is read of an answer; the rest is nobody's business.
_READ = 4096

#: An idle connection is not used again after so many seconds: many servers close theirs then.
_IDLE = 20.0

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class UnreachableError(Exception):
    """Nothing was sent. code: a word for the log. slow: it took all the time there is."""

    def __init__(self, code: str, text: str, *, slow: bool = True) -> None:
        """Carry what happened."""
        super().__init__(text)
        self.code, self.text, self.slow = code, text, slow


class InternalError(Exception):
    """The name leads to an address that is no public one."""


class CutOffError(Exception):
    """The request went out, or part of it, and no answer came: nobody knows what became of it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What the other side said. headers: names in lower case. body: the beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Reach:
    """Posts, keeping connections. Thread-safe.

    allowed: hosts, `HOST` or `HOST:PORT`, that may be internal. seconds: for one request as a whole; `cut_overdue`, called
    again and again by somebody else, sees to it.
    """

    def __init__(self, *, allowed: frozenset[str] = frozenset(), seconds: float = 10.0) -> None:
        """Connect to nothing yet."""
        self._allowed = allowed
        self._seconds = seconds
        self._trusted = ssl.create_default_context()
        self._idle: dict[str, list[tuple[float, _Pinned]]] = {}
        self._busy: dict[int, tuple[float, _Pinned]] = {}
        self._lock = threading.Lock()

    def post(self, address: str, body: bytes, headers: Mapping[str, str], *, reuse: bool) -> Answered:
        """Post once and answer what came back, whatever its status.

        reuse: on a connection that was used before, if there is one; where the other side has closed it meanwhile, the
        request is made again on a new one, so only for what may come twice.
        Raises InternalError, UnreachableError and CutOffError.
        """
        url = urlsplit(address)
        key = f"{url.scheme}://{url.netloc}"
        if reuse and (kept := self._take(key)):
            try:
                return self._exchange(kept, key, url, body, headers, reuse=reuse)
            except CutOffError:
                if kept.overdue:
                    raise
        return self._exchange(self._connect(url), key, url, body, headers, reuse=reuse)

    def cut_overdue(self) -> None:
        """End what takes longer than it may: an answer of one byte a second would never time out by itself."""
        now = time.monotonic()
        with self._lock:
            late = [connection for deadline, connection in self._busy.values() if deadline < now]
        for connection in late:
            connection.cut()

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for several in idle.values():
            for _, connection in several:
                connection.close()

    def _exchange(
        self,
        connection: "_Pinned",
        key: str,
        url: SplitResult,
        body: bytes,
        headers: Mapping[str, str],
        *,
        reuse: bool,
    ) -> Answered:
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        with self._lock:
            self._busy[id(connection)] = (time.monotonic() + self._seconds, connection)
        try:
            connection.request("POST", path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            read = answer.read(_READ)
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            raise CutOffError(f"{type(error).__name__}: {error}") from error
        finally:
            with self._lock:
                self._busy.pop(id(connection), None)
        if connection.overdue:  # to the parser an end in the middle of the headers is an end
            connection.close()
            raise CutOffError("The answer took too long.")
        if reuse and answer.isclosed() and not answer.will_close:
            with self._lock:
                self._idle.setdefault(key, []).append((time.monotonic(), connection))
        else:
            connection.close()
        return Answered(answer.status, {name.lower(): value for name, value in answer.getheaders()}, read)

    def _take(self, key: str) -> "_Pinned | None":
        oldest = time.monotonic() - _IDLE
        while True:
            with self._lock:
                several = self._idle.get(key)
                if not several:
                    return None
                since, connection = several.pop()
            if since > oldest:
                return connection
            connection.close()

    def _connect(self, url: SplitResult) -> "_Pinned":
        host = url.hostname or ""
        port = url.port or (443 if url.scheme == "https" else 80)
        address = self._looked_up(host, port)
        connection = _Pinned(
            host,
            port,
            address=address,
            seconds=self._seconds,
            tls=self._trusted if url.scheme == "https" else None,
        )
        try:
            connection.connect()
        except TimeoutError as error:
            raise UnreachableError("timeout", "No connection came about in time.") from error
        except ssl.SSLError as error:
            raise UnreachableError("tls", str(error), slow=False) from error
        except OSError as error:
            raise UnreachableError("connection", str(error)) from error
        return connection

    def _looked_up(self, host: str, port: int) -> str:
        """The address to connect to. Raises InternalError where any that the name has is no public one."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise UnreachableError("dns", f"{host}: {error}") from error
        addresses = [str(each[4][0]) for each in found]
        if host not in self._allowed and f"{host}:{port}" not in self._allowed:
            for each in addresses:
                if not is_public(ipaddress.ip_address(each.partition("%")[0])):
                    raise InternalError(host)
        return addresses[0]


def is_public(address: IPAddress) -> bool:
    """Whether an address belongs to the world rather than to this network or machine, also in its disguises."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inside is None and address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(inside)
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that it has."""

    def __init__(
        self, host: str, port: int, *, address: str, seconds: float, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address, self._tls = address, tls
        self.overdue = False
        if tls is not None:
            self.default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        sock = socket.create_connection((self._address, self.port), self.timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._tls.wrap_socket(sock, server_hostname=self.host) if self._tls else sock

    def cut(self) -> None:
        """End it from another thread: whoever waits on it is told at once."""
        self.overdue = True
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.close()
