"""The signing key: made once, kept in a file of its own, published."""

import os
from contextlib import suppress
from pathlib import Path

from joserfc.jwk import OKPKey

from services.directory.keys.model import SigningKey
from shared.auth.keys import keep_key
from shared.auth.tokens import Signer
from shared.contracts.directory import KeyChanged
from shared.db import Transaction
from shared.errors import Unavailable
from shared.text import Sentence


def signer(tx: Transaction, path: Path) -> Signer:
    """Who signs tokens, with the key in the file at `path`, which is made if it is not there.

    The first to use a key publishes its public half with this transaction. Raises Unavailable with a
    sentence where the file cannot be read.
    """
    key = _key_in(path)
    if tx.db.get(SigningKey, key.kid) is None:
        row = SigningKey(key_id=key.kid, version=1, jwk=key.as_dict(private=False), retired=False)
        tx.db.add(row)
        tx.emit(row.state())
        keep_key(tx, row.state())
    return Signer(key)


def adopt_key(tx: Transaction, event: KeyChanged) -> None:
    """Take a published state into a database that was restored to an earlier copy."""
    row = tx.db.get(SigningKey, event.key_id)
    if row is None:
        row = SigningKey(key_id=event.key_id, version=0)
        tx.db.add(row)
    if row.version < event.version:
        row.version, row.jwk, row.retired = event.version, dict(event.jwk), event.retired
    keep_key(tx, event)


def _key_in(path: Path) -> OKPKey:
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


def _make(path: Path) -> None:
    """Make the file unless it is there: of two processes that start at once, one makes it."""
    if path.exists():
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(OKPKey.generate_key("Ed25519").as_pem(private=True))
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
