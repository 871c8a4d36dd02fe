"""Claiming what is due: leased, with an attempt written down before anything is sent."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from services.notifications.channels.commands.links import unsubscribe_token
from services.notifications.channels.commands.parcels import Parcel
from services.notifications.channels.commands.rates import take_tokens
from services.notifications.channels.commands.sealing import Kept
from services.notifications.channels.model import ROBOTS, ROTATION_HOURS, Channel
from services.notifications.deliveries.model import WAITING, Attempt, Delivery, Letter
from services.notifications.preferences.model import class_of
from shared.db import Transaction
from shared.db.bulk import insert_rows
from shared.text import Language, Sentence

#: Rows that are looked at for every one that may be claimed: of one endpoint there may be many in front.
_LOOKED_AT = 3

#: Read literally, as the partial index says it: a bound value would not be known to be one of these.
_WAITS = Delivery.state.in_([sa.literal_column(f"'{state}'") for state in WAITING])


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery in hand. claim: of this and of no later claim counts what is recorded. tries: with this one."""

    parcel: Parcel
    channel_id: UUID
    claim: UUID
    tries: int
    again: bool
    expires_at: datetime

    @property
    def doubtful(self) -> bool:
        """Whether it may not go out again once it may have gone out: a webhook may, under its id."""
        return self.parcel.kind != "webhook" and not self.again


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """How rows become parcels. opened: what a channel's seal holds. key: signs the links that end notices."""

    base_url: str
    language: Language
    opened: Callable[[str], Kept]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How much may be claimed. most: of all; room: for one endpoint, of a kind where it is known; skip: endpoints that have to wait."""

    most: int
    room: Callable[[str, str | None], int]
    skip: Collection[str]
    lease: timedelta


@dataclass(frozen=True, slots=True)
class Claim:
    """What was claimed, and robots that may not be told more before a moment."""

    rows: Sequence[Claimed]
    until: Mapping[str, datetime]


def claim_due(tx: Transaction, *, wanted: Wanted, writer: Writer) -> Claim:
    """Lease what is due, the longest due first, and write down that it is tried.

    SKIP LOCKED: what another replica claims just now is nobody's loss. What is stale, or whose channel is stopped, is put aside.
    """
    due = _due(tx, wanted)
    if not due:
        return Claim((), {})
    notices, ids = {row.notice_id for row in due}, {row.channel_id for row in due}
    letters = {
        row.notice_id: row for row in tx.db.scalars(sa.select(Letter).where(Letter.notice_id.in_(notices)))
    }
    channels = {row.id: row for row in tx.db.scalars(sa.select(Channel).where(Channel.id.in_(ids)))}
    usable: list[Delivery] = []
    for row in due:
        channel, letter = channels[row.channel_id], letters[row.notice_id]
        if not _put_aside(row, channel, letter, now=tx.now):
            usable.append(row)
    chosen, until = _chosen(tx, usable, channels, wanted)
    claim = uuid4()
    if chosen:
        _lease(tx, chosen, claim, until=tx.now + wanted.lease)
    return Claim(
        [
            _claimed(row, channels[row.channel_id], letters[row.notice_id], claim, writer, now=tx.now)
            for row in chosen
        ],
        until,
    )


def _lease(tx: Transaction, rows: Sequence[Delivery], claim: UUID, *, until: datetime) -> None:
    """Two statements for all of them; past the mapper, which would make one for each."""
    ids = [row.id for row in rows]
    leased = {"state": "sending", "claim": claim, "lease_until": until, "attempts": Delivery.attempts + 1}
    tx.db.connection().execute(sa.update(Delivery).where(Delivery.id.in_(ids)).values(leased))
    insert_rows(
        tx.db,
        Attempt,
        [
            {
                "delivery_id": row.id,
                "number": row.attempts + 1,
                "claim": claim,
                "began_at": tx.now,
                "code": "",
                "answer": "",
                "sending": False,
            }
            for row in rows
        ],
    )


def _due(tx: Transaction, wanted: Wanted) -> Sequence[Delivery]:
    """What may be claimed: looked at by the index alone, and only what fits is fetched and locked."""
    looked_at = tx.db.execute(
        sa.select(Delivery.id, Delivery.endpoint)
        .where(_WAITS, Delivery.due_at <= tx.now, Delivery.endpoint.not_in(sorted(wanted.skip)))
        .order_by(Delivery.due_at)
        .limit(wanted.most * _LOOKED_AT)
    )
    left: dict[str, int] = {}
    ids: list[UUID] = []
    for id_, endpoint in looked_at:
        room = left.setdefault(endpoint, wanted.room(endpoint, None))
        if room > 0 and len(ids) < wanted.most:
            left[endpoint] = room - 1
            ids.append(id_)
    if not ids:
        return ()
    return tx.db.scalars(
        sa.select(Delivery).where(Delivery.id.in_(ids), _WAITS).with_for_update(skip_locked=True)
    ).all()


def _chosen(
    tx: Transaction, due: Sequence[Delivery], channels: Mapping[UUID, Channel], wanted: Wanted
) -> tuple[list[Delivery], dict[str, datetime]]:
    """Those of them that fit: into the whole, into their endpoint's share, and into their robot's rate."""
    left: dict[str, int] = {}
    several: dict[str, list[Delivery]] = {}
    found: list[Delivery] = []
    until: dict[str, datetime] = {}
    for row in due:
        channel = channels[row.channel_id]
        room = left.setdefault(row.endpoint, wanted.room(row.endpoint, channel.kind))
        if len(found) >= wanted.most or room <= 0:
            continue
        left[row.endpoint] = room - 1
        if channel.kind in ROBOTS:
            several.setdefault(channel.mark, []).append(row)
        else:
            found.append(row)
    for mark, rows in sorted(several.items()):
        kind = channels[rows[0].channel_id].kind
        granted, next_at = take_tokens(tx, mark=mark, kind=kind, wanted=len(rows))
        found += rows[:granted]
        for row in rows[granted:]:
            row.due_at, row.reason = max(next_at, row.due_at), "limited"
            until[mark] = next_at
    return found, until


def _put_aside(row: Delivery, channel: Channel, letter: Letter, *, now: datetime) -> bool:
    if not channel.alive:
        row.state, row.reason, row.done_at = "given_up", "removed", now
    elif channel.state == "paused":
        row.state, row.reason = "held", "paused"
    elif letter.expires_at <= now:
        row.state, row.reason, row.done_at = "given_up", "stale", now
    else:
        return False
    return True


def _claimed(
    row: Delivery, channel: Channel, letter: Letter, claim: UUID, writer: Writer, *, now: datetime
) -> Claimed:
    notice_class = class_of(letter.class_name)
    kept = writer.opened(channel.sealed)
    if channel.rotated_at is None or now - channel.rotated_at >= timedelta(hours=ROTATION_HOURS):
        kept = Kept(kept.address, kept.secret)
    unsubscribe = ""
    if channel.kind == "email" and not notice_class.mandatory:
        token = unsubscribe_token(writer.key, channel_id=channel.id, class_name=letter.class_name)
        unsubscribe = f"{writer.base_url}/notifications/unsubscribe/{token}"
    language: Language = "en" if (channel.language or writer.language) == "en" else "zh"
    parcel = Parcel(
        id=row.id,
        kind=channel.kind,
        endpoint=row.endpoint,
        mark=channel.mark,
        kept=kept,
        notice_id=row.notice_id,
        class_name=letter.class_name,
        subject=Sentence(zh=letter.subject_zh, en=letter.subject_en),
        text=Sentence(zh=letter.text_zh, en=letter.text_en),
        link=letter.link
        if letter.link.startswith(("https://", "http://"))
        else f"{writer.base_url}{letter.link}",
        written_at=letter.written_at,
        recipient=row.recipient,
        languages=(language,),
        unsubscribe=unsubscribe,
    )
    return Claimed(
        parcel=parcel,
        channel_id=channel.id,
        claim=claim,
        tries=row.attempts + 1,
        again=notice_class.again,
        expires_at=letter.expires_at,
    )
