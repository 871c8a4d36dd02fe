"""Links that a mail carries and that nobody can make up: whoever has one may do the one thing that it says."""

import secrets
from uuid import UUID

import sqlalchemy as sa
from itsdangerous import URLSafeSerializer
from sqlalchemy.dialects import postgresql, sqlite

from services.notifications.channels.model import UNSUBSCRIBE, LinkKey
from shared.db import Transaction


def link_key(tx: Transaction) -> str:
    """The secret that signs, made by whoever needs it first."""
    insert = postgresql.insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = (
        insert(LinkKey).values(name=UNSUBSCRIBE, secret=secrets.token_urlsafe(32)).on_conflict_do_nothing()
    )
    tx.db.execute(fresh)
    return tx.db.scalars(sa.select(LinkKey.secret).where(LinkKey.name == UNSUBSCRIBE)).one()


def unsubscribe_token(key: str, *, channel_id: UUID, class_name: str) -> str:
    """What ends notices of a class by a channel."""
    return URLSafeSerializer(key, salt=UNSUBSCRIBE).dumps([channel_id.hex, class_name])
