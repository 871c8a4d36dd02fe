"""Reminding: the day before a session everybody who is invited hears of it again, by their channels."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.deliveries.commands import queue
from services.notifications.deliveries.model import Letter, Writing
from services.notifications.inbox.model import INVITING, NO_MORE, Entry, Notice, said
from shared.db import Transaction
from shared.ids import named
from shared.text import Sentence

#: How long before it begins, and how fresh the last word of it may be for a reminder to be of use.
BEFORE, FRESH = timedelta(hours=24), timedelta(hours=6)

_OVER = ("session_cancelled", "session_postponed", "session_recalled")
_ZONE = ZoneInfo("Asia/Shanghai")


def remind_of_sessions(tx: Transaction) -> None:
    """Queue the reminders that are due. A session is reminded of once for each time at which it was to begin.

    The inbox has the invitation already, so that nothing comes twice there.
    """
    for notice in _due(tx):
        begins = f"{notice.starts_at:%Y-%m-%dT%H:%M%z}"
        id_ = named("notifications.session-reminder", f"{notice.session_id}/{begins}")
        if tx.db.scalar(sa.select(sa.exists().where(Letter.notice_id == id_))):
            continue
        recipients = [f"school:{school_id}" for school_id in _invited(tx, notice.session_id)]
        queue(tx, letter=_letter(notice, id_), recipients=recipients)


def _due(tx: Transaction) -> Sequence[Notice]:
    """Of each session that begins soon the last word of it, unless that is that it does not take place."""
    later = orm.aliased(Notice)
    newer = sa.exists().where(
        later.session_id == Notice.session_id,
        later.seq > Notice.seq,
        later.kind.in_((*INVITING, *_OVER)),
    )
    return tx.db.scalars(
        sa.select(Notice)
        .where(
            Notice.kind.in_(INVITING),
            Notice.starts_at > tx.now,
            Notice.starts_at <= tx.now + BEFORE,
            Notice.told_at <= tx.now - FRESH,
            ~newer,
        )
        .order_by(Notice.starts_at)
    ).all()


def _invited(tx: Transaction, session_id: UUID) -> Sequence[UUID]:
    """The schools that were told last that they are invited, not that they are no more."""
    invited = sa.func.max(sa.case((Notice.kind.in_(INVITING), Notice.seq), else_=0))
    off = sa.func.max(sa.case((Notice.kind.in_(NO_MORE), Notice.seq), else_=0))
    return tx.db.scalars(
        sa.select(Entry.school_id)
        .join(Notice, Notice.seq == Entry.notice_seq)
        .where(Notice.session_id == session_id)
        .group_by(Entry.school_id)
        .having(invited > off)
        .order_by(Entry.school_id)
    ).all()


def _letter(notice: Notice, id_: UUID) -> Writing:
    begins = notice.starts_at.astimezone(_ZONE) if notice.starts_at else None
    at = Sentence(zh=f"，{notice.place}", en=f", {notice.place}") if notice.place else Sentence(zh="", en="")
    day = f"{begins:%Y-%m-%d %H:%M}" if begins else ""
    title = Sentence(zh=notice.title, en=notice.title)
    subject = said("session_reminded", {"title": title, "at": at, "day": Sentence(zh=day, en=day)})
    text = "\n".join(filter(None, [day, notice.place, notice.link]))
    return Writing(
        notice_id=id_,
        class_name="reminder",
        subject=subject,
        text=Sentence(zh=text, en=text),
        link=f"/notifications/#notice-{notice.id}",
        expires_at=notice.starts_at,
    )
