"""The keys that sign tokens. Their public halves are rows; the private half of the one in use lies in a file."""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.auth.keys import keep_key
from shared.auth.tokens import Signer
from shared.contracts.directory import KeyChanged
from shared.db import Transaction
from shared.errors import Unavailable
from shared.text import Sentence


class SigningKey(Base):
    """A key by its thumbprint (RFC 7638). replaced_at: since when another one signs."""

    __tablename__ = "signing_keys"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    jwk: Mapped[dict[str, Any]]
    retired: Mapped[bool]
    replaced_at: Mapped[datetime | None]

    def state(self) -> KeyChanged:
        """The key as it is now, for everybody who verifies."""
        return KeyChanged(key_id=self.key_id, version=self.version, jwk=self.jwk, retired=self.retired)

    def retire(self) -> KeyChanged:
        """Tokens under it are trusted no more."""
        self.retired, self.version = True, self.version + 1
        return self.state()


def signer(tx: Transaction, path: Path) -> Signer:
    """Who signs tokens, with the key in the file at `path`, which is made if it is not there.

    The first to use a key publishes its public half with this transaction. Raises Unavailable with a
    sentence where the file cannot be read, or its key was retired.
    """
    key = key_in(path)
    if publish(tx, key).retired:
        raise Unavailable(
            Sentence(
                zh=f"签名密钥 {path} 已停用，请运行 tongxing directory rotate-key。",
                en=f"The signing key in {path} was retired: run tongxing directory rotate-key.",
            ),
            retry_after=60,
        )
    return Signer(key)


def publish(tx: Transaction, key: OKPKey) -> SigningKey:
    """The row of the key, told to all with this transaction if it is new."""
    row = tx.db.get(SigningKey, key.kid)
    if row is None:
        row = SigningKey(key_id=key.kid, version=1, jwk=key.as_dict(private=False), retired=False)
        tx.db.add(row)
        tell(tx, row.state())
    return row


def tell(tx: Transaction, state: KeyChanged) -> None:
    """Publish a key's state, and keep it here too, where tokens are verified as everywhere."""
    tx.emit(state)
    keep_key(tx, state)


def key_in(path: Path) -> OKPKey:
    """The private key in the file, which is made if it is not there. Raises Unavailable where it cannot be read."""
    try:
        _make(path)
        key = OKPKey.import_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable(
            Sentence(
                zh=f"签名密钥文件 {path} 无法读取：{error}",
                en=f"The signing key in {path} cannot be read: {error}",
            ),
            retry_after=60,
        ) from error
    key.ensure_kid()
    return key


def written(beside: Path) -> tuple[OKPKey, Path]:
    """A new key in a file beside `beside`, readable by its owner alone."""
    key = OKPKey.generate_key("Ed25519")
    key.ensure_kid()
    fresh = beside.with_name(f"{beside.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(key.as_pem(private=True))
    return key, fresh


def _make(path: Path) -> None:
    """Make the file unless it is there: of two processes that start at once, one makes it."""
    if path.exists():
        return
    _, fresh = written(path)
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
