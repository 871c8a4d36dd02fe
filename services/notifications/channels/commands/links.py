"""Links that a mail carries and that nobody can make up: whoever has one may do the one thing that it says."""

import secrets
from uuid import UUID

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.notifications.channels.model import LinkKey
from shared.db import Transaction
from shared.errors import NotFound
from shared.text import Sentence

_NAME = "unsubscribe"


def link_key(tx: Transaction) -> str:
    """The secret that signs, made by whoever needs it first."""
    insert = postgresql.insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(LinkKey).values(name=_NAME, secret=secrets.token_urlsafe(32)).on_conflict_do_nothing()
    tx.db.execute(fresh)
    return tx.db.scalars(sa.select(LinkKey.secret).where(LinkKey.name == _NAME)).one()


def unsubscribe_token(key: str, *, channel_id: UUID, class_name: str) -> str:
    """What ends notices of a class by a channel."""
    return URLSafeSerializer(key, salt=_NAME).dumps([channel_id.hex, class_name])


def read_token(db: Session, token: str) -> tuple[UUID, str]:
    """The channel and the class of a token. Raises NotFound for one that we did not make."""
    key = db.scalar(sa.select(LinkKey.secret).where(LinkKey.name == _NAME))
    try:
        channel, class_name = URLSafeSerializer(key or "", salt=_NAME).loads(token)
        return UUID(channel), str(class_name)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound(
            Sentence(zh="这个链接不对，可能没有复制完整。", en="This link is not whole, or none of ours.")
        ) from error
