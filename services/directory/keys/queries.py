"""Reads about keys: what others verify with."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.keys.model import SigningKey
from shared.contracts.directory import KeyChanged


def key_set(db: Session) -> dict[str, list[dict[str, Any]]]:
    """The public keys as a JWK Set (RFC 7517)."""
    rows = db.scalars(sa.select(SigningKey).where(sa.not_(SigningKey.retired)).order_by(SigningKey.key_id))
    return {"keys": [dict(row.jwk) for row in rows]}


def key_states(db: Session) -> Iterator[KeyChanged]:
    """The present state of every key."""
    for row in db.scalars(sa.select(SigningKey).order_by(SigningKey.key_id)):
        yield row.state()
