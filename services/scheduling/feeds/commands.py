"""Making an address of a calendar, and revoking it."""

import secrets
from typing import cast
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.feeds.model import AT_MOST, SECRET_BYTES, Feed, FeedKind, hashed
from services.scheduling.feeds.queries import may_have
from shared.auth import Principal
from shared.db import Transaction
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import uuid7
from shared.text import Sentence


def make_feed(tx: Transaction, *, kind: FeedKind, subject: str, asks: Principal) -> tuple[Feed, str]:
    """An address with its secret, which nobody is shown again. Raises Forbidden, Refusal where there are too many."""
    title = may_have(tx.db, kind=kind, subject=subject, asks=asks)
    if title is None:
        raise Forbidden(Sentence(zh="你不能订阅这个日历。", en="This calendar is not yours to read."))
    there = sa.select(sa.func.count()).where(Feed.account_id == asks.account, Feed.revoked_at.is_(None))
    if (tx.db.scalar(there) or 0) >= AT_MOST:
        raise Refusal(
            Sentence(
                zh=f"一个账号最多 {AT_MOST} 个订阅地址，请先停用不再用的。",
                en=f"An account has at most {AT_MOST} addresses; revoke one that is not used.",
            )
        )
    secret = secrets.token_urlsafe(SECRET_BYTES)
    feed = Feed(
        id=uuid7(),
        version=1,
        kind=kind,
        subject=subject,
        title=title,
        hashed=hashed(secret),
        account_id=asks.account,
        made_at=tx.now,
        revoked_at=None,
    )
    tx.db.add(feed)
    tx.record(what="scheduling.feed.made", subject_kind="feed", subject=feed.id)
    return feed, secret


def revoke_feed(tx: Transaction, *, feed_id: UUID, asks: Principal) -> Feed:
    """An address of the own account answers no more. Raises NotFound, Refusal."""
    feed = cast("Feed | None", tx.db.get(Feed, feed_id))
    if feed is None or feed.account_id != asks.account:
        raise NotFound(Sentence(zh="没有这个订阅地址。", en="There is no such address."))
    feed = tx.load(Feed, feed_id)
    feed.revoke(at=tx.now)
    tx.record(what="scheduling.feed.revoked", subject_kind="feed", subject=feed.id)
    return feed
