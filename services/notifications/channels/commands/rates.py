"""How much a robot may say: a bucket in the database for each, because several workers speak through one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.notifications.channels.model import Bucket
from shared.db import Transaction


@dataclass(frozen=True, slots=True)
class Rate:
    """What a bucket holds, and what flows into it in a second: no stretch of a minute sees more than both together."""

    holds: float
    each_second: float


#: DingTalk and WeCom take 20 a minute: 8 at once and 12 in the minute after. Feishu 100 a minute and 5 a second: 4 and 1.
RATES: Mapping[str, Rate] = {"dingtalk": Rate(8, 0.2), "wecom": Rate(8, 0.2), "feishu": Rate(4, 1.0)}


def take_tokens(tx: Transaction, *, mark: str, kind: str, wanted: int) -> tuple[int, datetime]:
    """How many messages the robot may be told now, at most `wanted`, and when it may be told the next one."""
    rate = RATES[kind]
    insert = postgresql.insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    tx.db.execute(
        insert(Bucket).values(mark=mark, tokens=rate.holds, refilled_at=tx.now).on_conflict_do_nothing()
    )
    row = tx.db.scalars(
        sa.select(Bucket)
        .where(Bucket.mark == mark)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.until is not None and row.until > tx.now:
        return 0, row.until
    since = max(0.0, (tx.now - row.refilled_at).total_seconds())
    tokens = min(rate.holds, row.tokens + since * rate.each_second)
    granted = min(wanted, int(tokens))
    row.tokens, row.refilled_at = tokens - granted, tx.now
    lacking = max(0.0, 1 - row.tokens)
    return granted, tx.now + timedelta(seconds=lacking / rate.each_second)


def block(tx: Transaction, *, mark: str, until: datetime) -> None:
    """The robot's service has had enough of it: nothing more before then."""
    tx.db.execute(sa.update(Bucket).where(Bucket.mark == mark).values(until=until))
