"""What may be done with the keys that sign tokens: another one takes over, and old or stolen ones are retired."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from services.directory.keys.model import SigningKey, key_in, publish, tell, written
from shared.auth.keys import keep_key
from shared.auth.tokens import GRACE, LIFETIME
from shared.contracts.directory import KeyChanged
from shared.db import Database, Transaction
from shared.errors import NotFound, Unavailable
from shared.text import Sentence

#: How long a new key is known before it signs: the others hear of it and read their keys again every two seconds.
HEARD = timedelta(seconds=8)

#: How long a replaced key verifies: until the last token under it is over, with an hour to spare.
OVER = LIFETIME + GRACE + timedelta(hours=1)


def rotate(database: Database, path: Path, *, actor: str, sleep: Callable[[float], None] = time.sleep) -> str:
    """Let a new key sign: publish it, wait until the others know it, then put it in the old one's place.

    Nobody is signed out: the old key verifies until its tokens are over. Answers the new key's id.
    Raises Unavailable where the file cannot be replaced; then the old key goes on.
    """
    old = key_in(path)
    try:
        new, fresh = written(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        database.run(lambda tx: (publish(tx, old), publish(tx, new)), actor=actor)
        sleep(HEARD.total_seconds())
        os.replace(fresh, path)  # noqa: PTH105  one word for what must be one step
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    database.run(lambda tx: _replaced(tx, str(old.kid)), actor=actor)
    return str(new.kid)


def retire(tx: Transaction, *, key_id: str) -> None:
    """Trust tokens under this key no more. Whoever holds one gets a new one at the next page. Raises NotFound."""
    row = tx.db.get(SigningKey, key_id, with_for_update=True)
    if row is None:
        raise NotFound(Sentence(zh=f"没有编号为 {key_id} 的密钥。", en=f"There is no key called {key_id}."))
    if not row.retired:
        tell(tx, row.retire())


def retire_replaced(tx: Transaction) -> None:
    """Retire the keys whose tokens are all over."""
    old = tx.db.scalars(
        sa.select(SigningKey)
        .where(sa.not_(SigningKey.retired), SigningKey.replaced_at <= tx.now - OVER)
        .with_for_update()
    )
    for row in old:
        tell(tx, row.retire())


def adopt_key(tx: Transaction, event: KeyChanged) -> None:
    """Take a published state into a database that was restored to an earlier copy."""
    row = tx.db.get(SigningKey, event.key_id)
    if row is None:
        row = SigningKey(key_id=event.key_id, version=0)
        tx.db.add(row)
    if row.version < event.version:
        row.version, row.jwk, row.retired = event.version, dict(event.jwk), event.retired
    keep_key(tx, event)


def _replaced(tx: Transaction, key_id: str) -> None:
    row = tx.db.get(SigningKey, key_id, with_for_update=True)
    if row is not None:
        row.replaced_at = tx.now


def _unwritable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        Sentence(
            zh=f"签名密钥文件 {path} 无法替换：{error}",
            en=f"The signing key in {path} cannot be replaced: {error}",
        )
    )
