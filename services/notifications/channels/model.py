"""Channels: where a school or a person is reached, and whether that works."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal, get_args
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import Base
from shared.contracts.notifications import NotificationsTask
from shared.db import Aggregate
from shared.errors import Refusal
from shared.ids import named
from shared.text import Sentence

Kind = Literal["email", "webhook", "dingtalk", "wecom", "feishu"]
KINDS: tuple[Kind, ...] = get_args(Kind)
KIND_WORDS: Mapping[str, Sentence] = {
    "email": Sentence(zh="邮件", en="E-mail"),
    "webhook": Sentence(zh="接口推送", en="Webhook"),
    "dingtalk": Sentence(zh="钉钉机器人", en="DingTalk robot"),
    "wecom": Sentence(zh="企业微信机器人", en="WeCom robot"),
    "feishu": Sentence(zh="飞书机器人", en="Feishu robot"),
}
ROBOTS: tuple[Kind, ...] = ("dingtalk", "wecom", "feishu")

#: Signing secrets of webhooks: the old one signs beside the new one for so many hours.
ROTATION_HOURS = 24


#: `delivered`: the other side has it. `sent`: the mail server took it. `failed`: not now. `refused`: never, this one.
#: `limited`: too many at once; costs no attempt. `in_doubt`: it was cut off after it may have gone out. `untried`: nothing
#: was sent, such as at a shutdown; costs no attempt either.
Outcome = Literal["delivered", "sent", "failed", "refused", "limited", "in_doubt", "untried"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one try.

    code: as the other side says it. text: the beginning of its answer. wait: what it asks us to wait. channel: a word of
    `Channel.why` where the answer condemns the channel: `gone` switches it off, others pause it. slow: it took all the time
    there is, or could not be reached: others of this endpoint wait.
    """

    outcome: Outcome
    code: str = ""
    text: str = ""
    wait: timedelta | None = None
    channel: str = ""
    slow: bool = False


#: Reasons that somebody gave on purpose.
_CHOSEN = frozenset({"owner", "unsubscribed"})


class Channel(Base, Aggregate):
    """One address of one owner.

    owner: `school:ID` or `account:ID`; school_id where it is a school. shown: the address as people may see it; of a robot,
    whose address is its password, the end of it. sealed: the address, secret and former secret, encrypted. mark: says of
    two channels that they are one address, without saying which. endpoint: the server behind it, for limits.
    state: `on`, `paused` (it kept failing, or somebody stopped it: `why`) or `off` (the other side wants no more, 410).
    failures: failed attempts since the last good one, the first of them at failing_since. tested_*: the last trial.
    """

    __tablename__ = "channels"
    __table_args__ = (
        sa.Index(
            "uq_channels_one_address",
            "owner",
            "mark",
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
    )

    owner: Mapped[str] = mapped_column(index=True)
    school_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str]
    name: Mapped[str]
    shown: Mapped[str]
    sealed: Mapped[str]
    mark: Mapped[str]
    endpoint: Mapped[str]
    language: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="on")
    why: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    worked_at: Mapped[datetime | None]
    rotated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    removed_at: Mapped[datetime | None]

    #: Never in the trail: who reads it could use them.
    personal: ClassVar[frozenset[str]] = frozenset({"shown", "sealed", "mark"})

    @property
    def alive(self) -> bool:
        """Whether something may still go out by it, now or after a pause."""
        return self.removed_at is None and self.state != "off"

    @property
    def fails(self) -> bool:
        """Whether it was stopped because it does not work: somebody has to look after it."""
        return self.removed_at is None and self.state != "on" and self.why not in _CHOSEN

    def task(self) -> NotificationsTask:
        """What waits for its owner while it fails: the inbox and the first page show it, whatever channels do."""
        done = None if self.fails else self.removed_at or self.worked_at or self.created_at
        return NotificationsTask(
            task_id=named("notifications.channel", str(self.id)),
            version=self.version,
            audiences=(f"liaison@{self.owner}" if self.school_id else self.owner,),
            sentence_zh=f"通知渠道已停：{self.name}，通知发不出去。",
            sentence_en=f"A channel was stopped: {self.name}. Notices do not go out by it.",
            verb_zh="去检查",
            verb_en="See to it",
            link=f"/notifications/channels#channel-{self.id}",
            opened_at=self.failing_since or self.created_at,
            closed_at=done,
        )

    def pause(self, *, why: str) -> None:
        """Send nothing by it until somebody resumes it; what is queued waits."""
        if self.state == "on":
            self.state, self.why = "paused", why
            self.advance()

    def switch_off(self, *, why: str) -> None:
        """The other side wants no more of it."""
        if self.state != "off":
            self.state, self.why = "off", why
            self.advance()

    def resume(self) -> None:
        """Try again. Raises Refusal for a channel that was removed."""
        if self.removed_at is not None:
            raise Refusal(Sentence(zh="这个渠道已经移除。", en="This channel was removed."))
        if self.state != "on":
            self.state, self.why, self.failures, self.failing_since = "on", "", 0, None
            self.advance()

    def remove(self, *, at: datetime) -> None:
        """Use it no more; what was sent by it stays in the log, its address does not."""
        if self.removed_at is None:
            self.removed_at, self.sealed = at, ""
            self.advance()


#: The name of the key behind links that end a kind of mail.
UNSUBSCRIBE = "unsubscribe"


class LinkKey(Base):
    """The secret that signs links in mails; made at the first use, the same for every process of the service."""

    __tablename__ = "link_keys"

    name: Mapped[str] = mapped_column(primary_key=True)
    secret: Mapped[str]


class Bucket(Base):
    """What a robot may still be told now. tokens: as of refilled_at. until: its service refuses everything before then."""

    __tablename__ = "robot_buckets"

    mark: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float]
    refilled_at: Mapped[datetime]
    until: Mapped[datetime | None]
