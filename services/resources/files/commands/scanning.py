"""The hook for a virus scanner: clamd by its socket, or a program. While it does not answer, files wait."""

import shlex
import socket
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from services.resources.files.commands.depot import Depot
from services.resources.files.policies.taking import VIRUS
from shared.errors import Unavailable
from shared.text import Sentence

#: Seconds that a scanner has: for a connection or an answer, and for a whole file.
_CONNECT, _ANSWER = 10, 900


def scan(depot: Depot, key: str, *, by: str) -> Sentence | None:
    """Why the scanner refuses the file under `key`, or None. by: as TONGXING_SCAN says. Raises Unavailable, Interrupted."""
    kind, _, where = by.partition(":")
    if not kind:
        return None
    if kind == "clamd":
        return _clamd(where, depot.pieces(key))
    if kind == "command":
        return _command(shlex.split(where), depot, key)
    raise _silent(f"TONGXING_SCAN: {kind}")


def _clamd(where: str, pieces: Iterable[bytes]) -> Sentence | None:
    """Send by INSTREAM: each piece with its length before it, an empty one at the end."""
    try:
        with _connected(where) as line:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            line.settimeout(_ANSWER)
            answer = b""
            while not answer.endswith(b"\0") and (more := line.recv(4096)):
                answer += more
    except OSError as error:
        raise _silent(str(error)) from error
    said = answer.rstrip(b"\0").decode(errors="replace").strip()
    if said.endswith("OK"):
        return None
    if said.endswith("FOUND"):
        return VIRUS
    raise _silent(said or "no answer")


def _connected(where: str) -> socket.socket:
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(_CONNECT)
        line.connect(where)
        return line
    host, _, port = where.rpartition(":")
    return socket.create_connection((host, int(port or 3310)), timeout=_CONNECT)


def _command(command: list[str], depot: Depot, key: str) -> Sentence | None:
    path = depot.path_of(key)
    if path is not None:
        return _run([*command, path])
    with NamedTemporaryFile(prefix="tongxing-scan-") as copy:
        for piece in depot.pieces(key):
            copy.write(piece)
        copy.flush()
        return _run([*command, str(Path(copy.name))])


def _run(command: list[str]) -> Sentence | None:
    try:
        ended = subprocess.run(command, capture_output=True, timeout=_ANSWER, check=False)  # noqa: S603  the operator's own
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _silent(str(error)) from error
    if ended.returncode in {0, 1}:
        return VIRUS if ended.returncode else None
    raise _silent(f"{command[0]}: {ended.returncode}")


def _silent(why: str) -> Unavailable:
    return Unavailable(
        Sentence(
            zh=f"病毒扫描程序没有应答，文件等待检查：{why}",
            en=f"The virus scanner does not answer, so files wait: {why}",
        )
    )
