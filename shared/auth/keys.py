"""Each service's own copy of the public keys that verify tokens, kept from directory's compacted topic."""

import time
from collections.abc import Callable
from threading import Lock

import sqlalchemy as sa
from joserfc.jwk import OKPKey
from sqlalchemy import JSON, Boolean, Column, Integer, Table, Text
from sqlalchemy.orm import Session

from shared.contracts.directory import KeyChanged
from shared.db import Database, Transaction
from shared.db.base import SPINE

verification_keys = Table(
    "verification_keys",
    SPINE,
    Column("key_id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("jwk", JSON, nullable=False),
    Column("retired", Boolean, nullable=False),
)

#: Seconds that a process trusts its list before it looks again; a retired key lives so much longer.
_FRESH = 2.0


def keep_key(tx: Transaction, event: KeyChanged) -> None:
    """Keep a key's newest state; older ones, which may come again, are ignored."""
    table = verification_keys
    known = tx.db.scalar(sa.select(table.c.version).where(table.c.key_id == event.key_id))
    values = {"version": event.version, "jwk": event.jwk, "retired": event.retired}
    if known is None:
        tx.db.execute(sa.insert(table).values(key_id=event.key_id, **values))
    elif known < event.version:
        tx.db.execute(sa.update(table).where(table.c.key_id == event.key_id).values(**values))


def trusted(db: Session) -> list[OKPKey]:
    """The public keys that are not retired."""
    rows = db.execute(sa.select(verification_keys.c.jwk).where(sa.not_(verification_keys.c.retired)))
    return [OKPKey.import_key(jwk) for (jwk,) in rows]


class Keys:
    """The trusted keys of a process, read again every two seconds. Thread-safe."""

    def __init__(self, database: Database, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Read nothing yet."""
        self._database, self._monotonic = database, monotonic
        self._lock = Lock()
        self._read_at: float | None = None
        self._keys: list[OKPKey] = []

    def __call__(self) -> list[OKPKey]:
        """The keys, at most two seconds old."""
        with self._lock:
            if self._read_at is None or not self._keys or self._monotonic() - self._read_at > _FRESH:
                with self._database.reading() as db:
                    self._keys = trusted(db)
                self._read_at = self._monotonic()
            return self._keys
