"""The headers of tus 1.0.0, resumable uploads: https://tus.io/protocols/resumable-upload (ADR 0013)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Protocol

from shared.errors import Invalid
from shared.text import Sentence

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
ALGORITHMS = ("sha1", "sha256", "md5")

#: Characters of Upload-Metadata that are read.
_LONGEST = 4096


class Digest(Protocol):
    """What hashlib's hashes do."""

    def update(self, data: bytes, /) -> None:
        """Take more."""
        ...

    def digest(self) -> bytes:
        """What it comes to."""
        ...


@dataclass(slots=True)
class Checksum:
    """What the bytes of a request must come to."""

    running: Digest
    expected: bytes

    @property
    def holds(self) -> bool:
        """Whether what came is what was sent."""
        return self.running.digest() == self.expected


def whole(said: str, name: str) -> int:
    """A header that is a whole number, 0 or more. Raises Invalid."""
    if not (said.isascii() and said.isdigit() and len(said) < 20):  # noqa: PLR2004  what a BIGINT holds
        raise Invalid(
            Sentence(zh=f"缺少或看不懂请求头 {name}。", en=f"The header {name} is missing or no number."),
            field=name,
        )
    return int(said)


def metadata(said: str) -> dict[str, str]:
    """The pairs of Upload-Metadata: `key base64,key base64`. Raises Invalid."""
    wrong = Invalid(
        Sentence(zh="看不懂 Upload-Metadata。", en="Upload-Metadata cannot be understood."),
        field="Upload-Metadata",
    )
    if len(said) > _LONGEST:
        raise wrong
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in said.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise wrong from error
    return found


def checksum(said: str) -> Checksum | None:
    """What Upload-Checksum, `algorithm base64`, asks for; None where it is empty. Raises Invalid."""
    if not said:
        return None
    name, _, value = said.partition(" ")
    try:
        expected = base64.b64decode(value, validate=True)
    except binascii.Error:
        expected = b""
    if name not in ALGORITHMS or not expected:
        raise Invalid(
            Sentence(
                zh=f"校验和只支持 {'、'.join(ALGORITHMS)}。",
                en=f"A checksum may be one of {', '.join(ALGORITHMS)}.",
            ),
            field="Upload-Checksum",
        )
    return Checksum(hashlib.new(name, usedforsecurity=False), expected)
