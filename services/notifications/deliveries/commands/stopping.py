"""Stopping a channel that does not work, and telling its owner by another way."""

import sqlalchemy as sa

from services.notifications.channels.model import Channel
from services.notifications.channels.queries import channels_of
from services.notifications.deliveries.commands.queueing import queue_by
from services.notifications.deliveries.model import Delivery, Writing
from shared.db import Transaction
from shared.ids import named
from shared.text import Sentence


def stop_channel(tx: Transaction, *, channel: Channel, why: str) -> None:
    """Pause it, or switch it off where the other side wants no more; what waits for it waits on, or is given up."""
    if channel.state != "on":
        return
    channel.failing_since = channel.failing_since or tx.now
    waiting = sa.update(Delivery).where(
        Delivery.channel_id == channel.id, Delivery.state.in_(("queued", "failed"))
    )
    if why == "gone":
        channel.switch_off(why=why)
        tx.db.execute(waiting.values(state="given_up", reason="removed", done_at=tx.now))
    else:
        channel.pause(why=why)
        tx.db.execute(waiting.values(state="held", reason="paused"))
    tx.emit(channel.task())
    tx.record(what="channel.stopped", subject_kind="channel", subject=channel.id, school_id=channel.school_id)
    _tell(tx, channel)


def _tell(tx: Transaction, channel: Channel) -> None:
    """By each of the owner's other channels that works; what waits for the owner says it in any case."""
    letter = Writing(
        notice_id=named("notifications.channel-stopped", f"{channel.id}/{channel.version}"),
        class_name="channel",
        subject=Sentence(zh=f"通知渠道已停：{channel.name}", en=f"A channel was stopped: {channel.name}"),
        text=Sentence(
            zh=f"同行无法再通过“{channel.name}”通知你们。请在渠道页面检查地址，改好后恢复；等待中的通知会接着发出。",
            en=f"Tongxing cannot reach you by “{channel.name}” any more. Check the address on the channels page and resume it; "
            "what waits then goes out.",
        ),
        link="/notifications/channels",
    )
    for other in channels_of(tx.db, [channel.owner]):
        if other.id != channel.id and other.state == "on":
            queue_by(tx, letter=letter, channel=other)
