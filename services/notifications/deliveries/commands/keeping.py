"""How long the log is kept: long enough to answer a question of the last half-year, not for ever."""

from datetime import timedelta

import sqlalchemy as sa

from services.notifications.deliveries.model import Attempt, Delivery, FanOut, Letter
from shared.db import Transaction

#: What ended longer ago is forgotten; so is a letter that nobody waits for any more.
KEEP = timedelta(days=180)

#: Deliveries at once, so that nobody waits long where there is one writer.
AT_ONCE = 500


def forget(tx: Transaction) -> int:
    """The timer: forget some of what ended long ago; answers how many deliveries. What is dead is kept as long."""
    old = tx.now - KEEP
    ended = sa.or_(Delivery.done_at < old, sa.and_(Delivery.state == "in_doubt", Delivery.queued_at < old))
    ids = tx.db.scalars(sa.select(Delivery.id).where(Delivery.queued_at < old, ended).limit(AT_ONCE)).all()
    if ids:
        tx.db.execute(sa.delete(Attempt).where(Attempt.delivery_id.in_(ids)))
        tx.db.execute(sa.delete(Delivery).where(Delivery.id.in_(ids)))
    used = sa.exists().where(Delivery.notice_id == Letter.notice_id)
    waits = sa.exists().where(FanOut.notice_id == Letter.notice_id)
    tx.db.execute(sa.delete(Letter).where(Letter.written_at < old, ~used, ~waits))
    return len(ids)
