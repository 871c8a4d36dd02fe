"""Addresses and secrets as they lie in the database: encrypted with a key that does not lie there."""

import base64
import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from shared.errors import Unavailable
from shared.settings import Settings
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class Kept:
    """What nobody is shown again. former: the secret before the last rotation, which signs beside the new one for a day."""

    address: str = field(repr=False)
    secret: str = field(default="", repr=False)
    former: str = field(default="", repr=False)


class Seal:
    """Encrypts and decrypts with one key."""

    def __init__(self, key: bytes) -> None:
        """Take the key, as Fernet writes it. Raises ValueError for what is none."""
        self._fernet = Fernet(key)

    def close(self, kept: Kept) -> str:
        """As it lies in the database."""
        return self._fernet.encrypt(json.dumps(asdict(kept)).encode()).decode()

    def open(self, sealed: str) -> Kept:
        """What was sealed. Raises Unavailable where it was sealed with another key."""
        try:
            return Kept(**json.loads(self._fernet.decrypt(sealed.encode())))
        except InvalidToken as error:
            raise Unavailable(
                Sentence(
                    zh="渠道密钥与数据库不符：请用原来的 channel-key 文件或 TONGXING_CHANNEL_KEY。",
                    en="The channel key is not the one that the database was written with: bring back the file channel-key, or TONGXING_CHANNEL_KEY.",
                ),
                retry_after=60,
            ) from error


def seal_of(settings: Settings) -> Seal:
    """The seal of this installation; its key lies in the data directory, made at the first use, unless it was given."""
    return _sealed_with(settings.channel_key, settings.data / "channel-key")


@lru_cache(maxsize=16)
def _sealed_with(given: str, path: Path) -> Seal:
    try:
        return Seal(_made_of(given) if given else _key_in(path))
    except (OSError, ValueError) as error:
        raise Unavailable(
            Sentence(
                zh=f"渠道密钥无法使用（{path}）：{error}",
                en=f"The channel key cannot be used ({path}): {error}",
            ),
            retry_after=60,
        ) from error


def _made_of(given: str) -> bytes:
    """The key that a long random text stands for."""
    return base64.urlsafe_b64encode(hashlib.sha256(given.encode()).digest())


def _key_in(path: Path) -> bytes:
    """The key in the file; of two processes that start at once, one makes it."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(Fernet.generate_key())
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_bytes().strip()
