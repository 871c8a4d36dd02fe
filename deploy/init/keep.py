"""Passwords of an installation: given in a file, or made once and kept."""

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_FIT = re.compile(r"[A-Za-z0-9._~-]{16,200}")


class UnfitError(Exception):
    """What was given cannot be used, or what is made cannot be kept; a sentence for the operator."""


@dataclass(frozen=True)
class Store:
    """given: the operator's files, never written. kept: what was made at the first start, or given at the last."""

    given: Path
    kept: Path

    def password(self, name: str) -> str:
        """The password called `name`: the given one, else the kept one, else a new one; kept from now on.

        Raises UnfitError for a file that holds no password.
        """
        offered, kept = self.given / name, self.kept / name
        if offered.exists():
            password = _read(offered, say=f"deploy/given/{name}")
        elif kept.exists():
            password = _read(kept, say=f"{name} in the volume `secrets`")
        else:
            password = secrets.token_urlsafe(32)
        if not kept.exists() or kept.read_text().strip() != password:
            write(kept, password)
        return password


def write(path: Path, content: str, *, owner: int = 0) -> None:
    """Replace a file whole, so that a start that is cut off leaves the old one; only `owner` can read it.

    Raises UnfitError where it cannot be written.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if os.geteuid() == 0:
            os.chown(beside, owner, owner)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise UnfitError(
            f"{path} cannot be written: {error.strerror}. Make room, or give Docker the right to it; what was there "
            "before stays, and the next start goes on."
        ) from error


def _read(path: Path, *, say: str) -> str:
    try:
        text = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnfitError(f"{say} cannot be read: {error}.") from error
    if not _FIT.fullmatch(text):
        raise UnfitError(f"{say} holds no password: write one line of at least 16 letters, digits or ._~-")
    return text
