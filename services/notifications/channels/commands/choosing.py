"""What an owner does with a channel. Which owner may is checked at the edge, by `owned`; the rest is here."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from services.notifications.channels.commands.sealing import Kept, Seal
from services.notifications.channels.model import ROTATION_HOURS, Channel
from services.notifications.channels.policies import Address, new_secret
from services.notifications.deliveries.commands.steering import give_up, let_go
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal, Stale
from shared.ids import uuid7
from shared.text import Sentence

#: Channels of one owner; more is a mistake, or somebody else's list of addresses.
MOST = 20


def add_channel(
    tx: Transaction, *, owner: str, address: Address, name: str, language: str | None, seal: Seal
) -> Channel:
    """A new channel of the owner. Raises Invalid for an address that the owner has already."""
    mine = sa.select(Channel).where(Channel.owner == owner, Channel.removed_at.is_(None))
    there = tx.db.scalars(mine).all()
    _refuse_double(there, address)
    if len(there) >= MOST:
        raise Refusal(
            Sentence(
                zh=f"最多 {MOST} 个渠道，请先移除不用的。",
                en=f"There are {MOST} channels already: remove one first.",
            )
        )
    kind, _, id_ = owner.partition(":")
    channel = Channel(
        id=uuid7(),
        version=1,
        owner=owner,
        school_id=UUID(id_) if kind == "school" else None,
        kind=address.kind,
        name=_named(name, address),
        shown=address.shown,
        sealed=seal.close(Kept(address.address, address.secret)),
        mark=address.mark,
        endpoint=address.endpoint,
        language=language if language in {"zh", "en"} else None,
        state="on",
        why="",
        failures=0,
        created_at=tx.now,
        created_by=tx.actor,
    )
    tx.db.add(channel)
    _noted(tx, "channel.added", channel)
    return channel


def change_channel(
    tx: Transaction,
    *,
    channel_id: UUID,
    owners: frozenset[str],
    name: str,
    language: str | None,
    address: Address | None,
    seal: Seal,
    seen: int | None = None,
) -> Channel:
    """Give it another name, language or address; another address starts afresh.

    seen: the version that was changed; None: whatever there is. Raises Invalid, NotFound and Stale.
    """
    channel = owned(tx, channel_id, owners)
    if seen is not None and seen != channel.version:
        raise Stale(
            Sentence(
                zh="这个渠道刚被别人改过，请核对后再保存。",
                en="Somebody has changed this channel meanwhile: look again, then save.",
            ),
            seen=seen,
            now=channel.version,
        )
    if address is not None:
        others = sa.select(Channel).where(
            Channel.owner == channel.owner, Channel.removed_at.is_(None), Channel.id != channel.id
        )
        _refuse_double(tx.db.scalars(others).all(), address)
        before = seal.open(channel.sealed)
        channel.sealed = seal.close(Kept(address.address, address.secret or before.secret))
        channel.shown, channel.mark, channel.endpoint = address.shown, address.mark, address.endpoint
        channel.worked_at, channel.kind = None, address.kind
    channel.name = " ".join(name.split())[:80] or channel.name
    channel.language = language if language in {"zh", "en"} else None
    channel.advance()
    _noted(tx, "channel.changed", channel)
    return channel


def rotate_secret(tx: Transaction, *, channel_id: UUID, owners: frozenset[str], seal: Seal) -> str:
    """A new signing secret, answered this once; the old one signs beside it for a day. Raises Refusal, NotFound."""
    channel = owned(tx, channel_id, owners)
    if channel.kind != "webhook":
        raise Refusal(
            Sentence(
                zh="只有接口推送的密钥由系统生成。", en="Only a webhook's secret is made by this system."
            )
        )
    if channel.rotated_at is not None and tx.now - channel.rotated_at < timedelta(hours=ROTATION_HOURS):
        raise Refusal(
            Sentence(
                zh="上次更换还不到一天，旧密钥仍在使用。",
                en="The last change is not a day old: its old secret is still in use.",
            )
        )
    kept, fresh = seal.open(channel.sealed), new_secret()
    channel.sealed = seal.close(Kept(kept.address, fresh, kept.secret))
    channel.rotated_at = tx.now
    channel.advance()
    _noted(tx, "channel.secret.rotated", channel)
    return fresh


def pause_channel(tx: Transaction, *, channel_id: UUID, owners: frozenset[str]) -> Channel:
    """Send nothing by it until it is resumed; what is queued waits."""
    channel = owned(tx, channel_id, owners)
    channel.pause(why="owner")
    _noted(tx, "channel.paused", channel)
    return channel


def resume_channel(tx: Transaction, *, channel_id: UUID, owners: frozenset[str]) -> Channel:
    """Use it again, and send what waited for it."""
    channel = owned(tx, channel_id, owners)
    failed = channel.fails
    channel.resume()
    if failed:
        tx.emit(channel.task())
    let_go(tx, channel_id=channel_id)
    _noted(tx, "channel.resumed", channel)
    return channel


def remove_channel(tx: Transaction, *, channel_id: UUID, owners: frozenset[str]) -> Channel:
    """Use it no more, and forget its address."""
    channel = owned(tx, channel_id, owners)
    failed = channel.fails
    channel.remove(at=tx.now)
    if failed:
        tx.emit(channel.task())
    give_up(tx, channel_id=channel_id)
    _noted(tx, "channel.removed", channel)
    return channel


def owned(tx: Transaction, channel_id: UUID, owners: frozenset[str]) -> Channel:
    """The channel, locked, if it is one of these owners'. Raises NotFound: of others' nobody learns."""
    channel = tx.load(Channel, channel_id)
    if channel.owner not in owners or channel.removed_at is not None:
        raise NotFound(Sentence(zh="没有找到这个渠道。", en="There is no such channel."))
    return channel


def _refuse_double(there: Iterable[Channel], address: Address) -> None:
    if any(each.mark == address.mark for each in there):
        raise Invalid(
            Sentence(zh="已经有这个地址的渠道了。", en="There is a channel with this address already."),
            field="address",
        )


def _named(name: str, address: Address) -> str:
    return " ".join(name.split())[:80] or address.shown[:80]


def _noted(tx: Transaction, what: str, channel: Channel) -> None:
    tx.record(what=what, subject_kind="channel", subject=channel.id, school_id=channel.school_id)
