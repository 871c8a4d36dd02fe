"""Deliveries: a notice on its way to one recipient by one channel, every attempt at it, and the letter itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import Base
from shared.text import Sentence

_COUNTED = BigInteger().with_variant(Integer, "sqlite")

#: What becomes of a delivery. `queued` and `failed` wait for due_at; `held` waits for its channel; `digest` for the day's
#: mail, which makes it `merged`; `sending` is leased; `sent`: the mail server took it; `delivered`: the other side has it;
#: `in_doubt`: cut off, nobody knows, and the sender decides; `skipped`: somebody chose so; `given_up`: dead.
State = Literal[
    "queued",
    "held",
    "digest",
    "sending",
    "failed",
    "sent",
    "delivered",
    "merged",
    "skipped",
    "in_doubt",
    "given_up",
]
WAITING: tuple[State, ...] = ("queued", "failed")
DEAD: tuple[State, ...] = ("given_up", "in_doubt")

_WAITS = sa.text("state IN ('queued', 'failed')")
_PENDING = sa.text("state IN ('queued', 'failed', 'held', 'digest')")
_SENDING = sa.text("state IN ('sending')")
_DEAD = sa.text("state IN ('given_up', 'in_doubt')")


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A notice as it goes out: what `queue` takes.

    class_name: of `preferences.model.CLASSES`. text: paragraphs, plain. link: the path of the page where one answers.
    sender: the actor who is asked about what is in doubt. expires_at: it is of no use any more.
    """

    notice_id: UUID
    class_name: str
    subject: Sentence
    text: Sentence
    link: str
    sender: str = ""
    expires_at: datetime | None = None


class Letter(Base):
    """A writing, kept once for all who receive it."""

    __tablename__ = "letters"

    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    class_name: Mapped[str]
    subject_zh: Mapped[str]
    subject_en: Mapped[str]
    text_zh: Mapped[str]
    text_en: Mapped[str]
    link: Mapped[str] = mapped_column(index=True)
    sender: Mapped[str]
    written_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class FanOut(Base):
    """Recipients that a job has yet to go through."""

    __tablename__ = "fan_outs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("letters.notice_id"))
    recipients: Mapped[list[str]]


class Delivery(Base):
    """A notice to a recipient by a channel: at most one, whatever overlaps.

    id: derives from the three, and is the webhook-id and the Message-ID. recipient: `school:ID` or `account:ID`; school_id
    where it is a school. endpoint: as of its channel. attempts: how often it was tried. claim: who is at it, until
    lease_until; a new claim makes the old one's answer count for nothing. reason: why it waits, was skipped or given up,
    a word of `words.REASONS`; layer: who chose so. digest_id: the delivery that it was merged into.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint("notice_id", "recipient", "channel_id"),
        sa.Index("ix_deliveries_waiting", "due_at", "endpoint", sqlite_where=_WAITS, postgresql_where=_WAITS),
        sa.Index("ix_deliveries_pending", "channel_id", sqlite_where=_PENDING, postgresql_where=_PENDING),
        sa.Index("ix_deliveries_sending", "lease_until", sqlite_where=_SENDING, postgresql_where=_SENDING),
        sa.Index("ix_deliveries_dead", "queued_at", sqlite_where=_DEAD, postgresql_where=_DEAD),
        sa.Index("ix_deliveries_school", "school_id", "queued_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("letters.notice_id"))
    recipient: Mapped[str]
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"))
    school_id: Mapped[UUID | None]
    endpoint: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    layer: Mapped[str] = mapped_column(default="")
    queued_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    digest_id: Mapped[UUID | None]


class Attempt(Base):
    """One try. It is written before anything is sent: what has no end was cut off, or is under way.

    sending: whether it was being sent, of what may not go out twice; null: nobody knows. outcome: `delivered`, `sent`, `failed`, `refused`, `limited`, `in_doubt` or `cut_off`. code: what the other side
    answered with, of a robot its own code. answer: the beginning of what it said. next_at: when it is tried again.
    """

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(_COUNTED, primary_key=True, autoincrement=True)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("deliveries.id"), index=True)
    number: Mapped[int]
    claim: Mapped[UUID]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    sending: Mapped[bool | None]
    outcome: Mapped[str | None]
    code: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    next_at: Mapped[datetime | None]
