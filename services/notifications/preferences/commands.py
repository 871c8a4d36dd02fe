"""Choosing what one wants to hear, how and when."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from services.notifications.channels.model import KINDS, Channel
from services.notifications.preferences.model import (
    CLASSES,
    MODES,
    UNCHOSEN,
    Day,
    Preference,
    Quiet,
    class_of,
)
from services.notifications.preferences.queries import school_of
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal
from shared.text import Sentence

_DAY = 24 * 60


def choose(tx: Transaction, *, owner: str, modes: Mapping[tuple[str, str], str | None]) -> None:
    """Keep what the owner chose, by class and kind of channel; None: what the layers above say.

    Raises Refusal for a class that is mandatory, and Invalid for what there is not.
    """
    for (class_name, kind), mode in modes.items():
        notice_class = CLASSES.get(class_name)
        if notice_class is None or class_name in UNCHOSEN or kind not in KINDS:
            raise Invalid(Sentence(zh="没有这类通知。", en="There is no such class of notices."))
        if mode is not None and mode not in MODES:
            raise Invalid(Sentence(zh="没有这种方式。", en="There is no such way."))
        if notice_class.mandatory and mode not in {None, "on"}:
            raise Refusal(
                Sentence(
                    zh=f"“{notice_class.word.zh}”必须送达，不能关闭。",
                    en=f"“{notice_class.word.en}” is mandatory: it cannot be turned off.",
                )
            )
        _keep(tx, owner, class_name, kind, mode)
    tx.record(
        what="preferences.chosen", subject_kind="preferences", subject=owner, school_id=school_of(owner)
    )


def leave_alone(
    tx: Transaction, *, owner: str, starts: int, ends: int, days_off: bool, digest_at: int
) -> None:
    """Keep when the owner is not to be disturbed, in minutes of the day; equal ones mean never."""
    if not all(0 <= minute < _DAY for minute in (starts, ends, digest_at)):
        raise Invalid(
            Sentence(zh="时间应在 00:00 到 23:59 之间。", en="A time lies between 00:00 and 23:59."),
            field="starts",
        )
    tx.db.merge(Quiet(owner=owner, starts=starts, ends=ends, days_off=days_off, digest_at=digest_at))
    tx.record(what="quiet.chosen", subject_kind="preferences", subject=owner, school_id=school_of(owner))


def unsubscribe(tx: Transaction, *, channel_id: UUID, class_name: str) -> None:
    """End notices of a class by one mail channel, as its recipient asks; again is the same. Raises Refusal, NotFound."""
    channel = tx.db.get(Channel, channel_id)
    if channel is None or channel.kind != "email":
        raise NotFound(Sentence(zh="这个邮箱已不再使用。", en="This address is not used any more."))
    if class_of(class_name).mandatory:
        raise Refusal(
            Sentence(
                zh="这类通知必须送达，不能退订。",
                en="Notices of this class are mandatory: nobody can end them.",
            )
        )
    _keep(tx, f"channel:{channel_id}", class_name, "email", "off")
    tx.record(
        what="channel.unsubscribed", subject_kind="channel", subject=channel_id, school_id=channel.school_id
    )


def subscribe_again(tx: Transaction, *, channel_id: UUID) -> None:
    """Take back every unsubscription of one mail channel."""
    tx.db.execute(sa.delete(Preference).where(Preference.owner == f"channel:{channel_id}"))


def announce_day(tx: Transaction, *, day: date, works: bool, name: str) -> None:
    """Say whether people work on a day, whatever its weekday says."""
    tx.db.merge(Day(day=day.isoformat(), works=works, name=" ".join(name.split())[:40]))
    tx.record(what="day.announced", subject_kind="day", subject=day.isoformat())


def forget_day(tx: Transaction, *, day: date) -> None:
    """Let the day be what was announced, or its weekday."""
    tx.db.execute(sa.delete(Day).where(Day.day == day.isoformat()))
    tx.record(what="day.forgotten", subject_kind="day", subject=day.isoformat())


def _keep(tx: Transaction, owner: str, class_name: str, kind: str, mode: str | None) -> None:
    key = (Preference.owner == owner, Preference.class_name == class_name, Preference.kind == kind)
    if mode is None:
        tx.db.execute(sa.delete(Preference).where(*key))
    else:
        tx.db.merge(Preference(owner=owner, class_name=class_name, kind=kind, mode=mode))
