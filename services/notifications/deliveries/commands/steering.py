"""What people do about deliveries: send a dead one again, settle a doubt, let go what waited, try a channel."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from services.notifications.channels.model import Channel
from services.notifications.deliveries.commands.queueing import queue_by
from services.notifications.deliveries.model import DEAD, Delivery, Letter, Writing
from services.notifications.preferences.model import class_of
from shared.db import Transaction
from shared.errors import Refusal
from shared.ids import uuid7
from shared.text import Sentence

_TRIAL = Sentence(
    zh="这是一条测试消息。收到它，说明同行可以通过这个渠道通知你们。",
    en="This is a trial. That you have it means that Tongxing can reach you this way.",
)


def send_again(tx: Transaction, *, ids: Collection[UUID]) -> int:
    """Try these once more from the beginning, of those that are dead; answers how many were.

    The ids on the wire stay the same: who did receive it before can tell. One whose channel is no more stays dead.
    """
    usable = sa.select(Channel.id).where(Channel.removed_at.is_(None), Channel.state != "off")
    rows = tx.db.scalars(
        sa.select(Delivery)
        .where(Delivery.id.in_(list(ids)), Delivery.state.in_(DEAD), Delivery.channel_id.in_(usable))
        .with_for_update()
    ).all()
    classes = _classes(tx, rows)
    for row in rows:
        row.state, row.due_at, row.attempts, row.reason, row.done_at = "queued", tx.now, 0, "again", None
        # Who asks for it today means today.
        fresh = tx.now + class_of(classes[row.notice_id]).stale_after
        tx.db.execute(
            sa.update(Letter)
            .where(Letter.notice_id == row.notice_id, Letter.expires_at < fresh)
            .values(expires_at=fresh)
        )
        tx.record(what="delivery.again", subject_kind="delivery", subject=row.id, school_id=row.school_id)
    return len(rows)


def settle_doubt(tx: Transaction, *, delivery_id: UUID) -> None:
    """Whoever was asked chooses not to send it again. Raises Refusal where it is not in doubt."""
    row = tx.load(Delivery, delivery_id)
    if row.state != "in_doubt":
        raise Refusal(
            Sentence(zh="这一条现在没有疑问，不用处理。", en="There is no doubt about this one now.")
        )
    row.state, row.reason, row.done_at = "given_up", "unsettled", tx.now
    tx.record(what="delivery.settled", subject_kind="delivery", subject=row.id, school_id=row.school_id)


def let_go(tx: Transaction, *, channel_id: UUID) -> int:
    """Send what waited for a channel that was resumed; answers how many."""
    waited = sa.update(Delivery).where(Delivery.channel_id == channel_id, Delivery.state == "held")
    freed = waited.values(state="queued", due_at=tx.now, reason="").returning(Delivery.id)
    return len(tx.db.scalars(freed).all())


def give_up(tx: Transaction, *, channel_id: UUID) -> None:
    """What waits for a channel that is no more will not go out by it."""
    open_ = sa.update(Delivery).where(
        Delivery.channel_id == channel_id, Delivery.state.in_(("queued", "failed", "held", "digest"))
    )
    tx.db.execute(open_.values(state="given_up", reason="removed", done_at=tx.now))


def try_channel(tx: Transaction, *, channel: Channel) -> UUID:
    """Send a trial by this channel alone; answers the delivery, which the page then watches. Raises Refusal."""
    if channel.state != "on":
        raise Refusal(
            Sentence(zh="渠道已停，请先恢复再测试。", en="The channel is stopped: resume it first.")
        )
    notice_id = uuid7()
    trial = Writing(
        notice_id=notice_id,
        class_name="test",
        subject=Sentence(zh="同行：渠道测试", en="Tongxing: a trial"),
        text=_TRIAL,
        link="/notifications/channels",
        sender=tx.actor,
    )
    return queue_by(tx, letter=trial, channel=channel)


def _classes(tx: Transaction, rows: Collection[Delivery]) -> dict[UUID, str]:
    wanted = {row.notice_id for row in rows}
    found = sa.select(Letter.notice_id, Letter.class_name).where(Letter.notice_id.in_(wanted))
    return {row.notice_id: row.class_name for row in tx.db.execute(found)}
