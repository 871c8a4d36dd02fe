"""Announcements, and what each school has said to one.

draft ──schedule──▶ scheduled ──(its time)──▶ sent ──withdraw──▶ withdrawn
  └──────────────send──────────────────────────▲
A sent one can be edited: that is a new edition, which asks for confirmation again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import Base
from shared.contracts.notifications import NotificationsTask
from shared.db import Aggregate
from shared.errors import Invalid, Refusal
from shared.ids import named
from shared.text import Sentence

State = Literal["draft", "scheduled", "sent", "withdrawn"]
STATES: dict[State, Sentence] = {
    "draft": Sentence(zh="草稿", en="Draft"),
    "scheduled": Sentence(zh="定时发送", en="Scheduled"),
    "sent": Sentence(zh="已发出", en="Sent"),
    "withdrawn": Sentence(zh="已撤回", en="Withdrawn"),
}

#: Characters of a title, of the text, of a name; files of one announcement, and bytes of one of them.
LONGEST_TITLE, LONGEST_BODY, LONGEST_NAME, MOST_FILES, LARGEST = 120, 8_000, 60, 5, 10 * 1024 * 1024

#: How long before the deadline who has not confirmed is reminded, and how long after it the coordinators are told.
REMIND_BEFORE, ESCALATE_AFTER = (timedelta(days=2), timedelta(0)), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What an announcement says and to whom. scopes: `region:CODE`, `group:ID`, `school:ID`. asks: for confirmation, until
    `confirm_by`.
    """  # noqa: D205  one thought

    title: str
    body: str
    scopes: tuple[str, ...]
    asks: bool = False
    confirm_by: datetime | None = None

    def faults(self, *, now: datetime) -> dict[str, Sentence]:
        """What is wrong with it, by field."""
        found: dict[str, Sentence] = {}
        if not 0 < len(self.title) <= LONGEST_TITLE:
            found["title"] = Sentence(
                zh=f"请填写标题，最多 {LONGEST_TITLE} 个字。",
                en=f"Give it a title, of at most {LONGEST_TITLE} characters.",
            )
        if not 0 < len(self.body) <= LONGEST_BODY:
            found["body"] = Sentence(
                zh=f"请填写正文，最多 {LONGEST_BODY} 个字。",
                en=f"Write the text, in at most {LONGEST_BODY} characters.",
            )
        if not self.scopes:
            found["scopes"] = Sentence(zh="请选择发给哪些学校。", en="Choose which schools it goes to.")
        if self.asks and self.confirm_by is None:
            found["confirm_by"] = Sentence(
                zh="请填写确认的截止时间。", en="Say until when it is to be confirmed."
            )
        if self.asks and self.confirm_by is not None and self.confirm_by <= now:
            found["confirm_by"] = Sentence(
                zh="截止时间要晚于现在。", en="The deadline must be in the future."
            )
        return found

    def insist(self, *, now: datetime) -> None:
        """Raise Invalid with the first fault, if there is one."""
        for field, sentence in self.faults(now=now).items():
            raise Invalid(sentence, field=field)


class Announcement(Aggregate, Base):
    """One announcement. edition: how often its text was changed after it was sent, from 1. reminded: how many of the
    reminders of `REMIND_BEFORE` are done; escalated_at: when the coordinators were told who is missing.
    """  # noqa: D205  one thought

    __tablename__ = "announcements"

    title: Mapped[str]
    body: Mapped[str]
    host_region: Mapped[str]
    state: Mapped[str]
    created_by: Mapped[str]
    reason: Mapped[str]
    scopes: Mapped[list[str]]
    asks: Mapped[bool]
    confirm_by: Mapped[datetime | None]
    send_at: Mapped[datetime | None]
    edition: Mapped[int]
    drafted_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    reminded: Mapped[int]
    escalated_at: Mapped[datetime | None]

    def follow(self, text: Text, *, now: datetime) -> bool:
        """Say this instead; whether that is a new edition, of which schools have to be told. Raises Invalid, Refusal."""
        self.insist("edit")
        text.insist(now=now)
        again = self.state == "sent"
        self.title, self.body, self.scopes = text.title, text.body, list(text.scopes)
        self.asks, self.confirm_by = text.asks, text.confirm_by if text.asks else None
        if again:
            self.edition += 1
            self.reminded, self.escalated_at = 0, None
        self.advance()
        return again

    def schedule(self, at: datetime, *, now: datetime) -> None:
        """Send it at that time. Raises Invalid, Refusal."""
        self.insist("send")
        if at <= now:
            raise Invalid(
                Sentence(
                    zh="定时要晚于现在；要马上发出，请直接发送。", en="That is past; to send it now, send it."
                ),
                field="send_at",
            )
        self.state, self.send_at = "scheduled", at
        self.advance()

    def send(self, *, at: datetime) -> None:
        """It goes out now. Raises Refusal."""
        self.insist("send")
        self.state, self.sent_at, self.send_at = "sent", at, None
        self.advance()

    def withdraw(self, *, reason: str, at: datetime) -> None:
        """It holds no more. Raises Refusal, Invalid without a reason."""
        self.insist("withdraw")
        if not 0 < len(reason) <= LONGEST_TITLE:
            raise Invalid(
                Sentence(
                    zh="请写明撤回的原因，学校会看到。",
                    en="Say why it is withdrawn; the schools will read it.",
                ),
                field="reason",
            )
        self.state, self.reason, self.withdrawn_at = "withdrawn", reason, at
        self.advance()

    def why_not(self, verb: str) -> Sentence | None:
        """Why the verb cannot be done now, if it cannot."""
        allowed = {
            "edit": {"draft", "scheduled", "sent"},
            "send": {"draft", "scheduled"},
            "withdraw": {"sent"},
            "remind": {"sent"},
        }[verb]
        if self.state in allowed:
            return None
        return {
            "draft": Sentence(zh="这是草稿，还没有发出。", en="This is a draft; nobody was told."),
            "scheduled": Sentence(zh="还没有到发送的时间。", en="It has not been sent yet."),
            "sent": Sentence(zh="已经发出。", en="It was sent already."),
            "withdrawn": Sentence(zh="已经撤回。", en="It was withdrawn."),
        }[self.state]

    def insist(self, verb: str) -> None:
        """Raise Refusal where the verb cannot be done."""
        if reason := self.why_not(verb):
            raise Refusal(reason)

    def missing_task(self, *, missing: int, closed_at: datetime | None) -> NotificationsTask:
        """For the coordinators, once the deadline has passed: how many have not confirmed."""
        return NotificationsTask(
            task_id=named("notifications.missing", f"{self.id}/{self.edition}"),
            version=self.version,
            audiences=(f"coordinator@region:{self.host_region}",),
            sentence_zh=f"《{self.title}》已过确认时间，还有 {missing} 所学校没有确认。",
            sentence_en=f"The deadline of “{self.title}” is over and {missing} schools have not confirmed.",
            verb_zh="看看是谁",
            verb_en="See who",
            link=f"/notifications/announcements/{self.id}",
            opened_at=self.confirm_by or self.drafted_at,
            closed_at=closed_at,
        )


class File(Base):
    """Something attached to an announcement."""

    __tablename__ = "announcement_files"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcements.id"), index=True)
    name: Mapped[str]
    size: Mapped[int]
    data: Mapped[bytes]


class Receipt(Base):
    """That a school was told of an announcement, and what it said. edition: which one it confirmed; 0 for none.

    version: counts what was said, for the task. read_by, confirmed_by: accounts; confirmed_name: who signed for the school.
    """

    __tablename__ = "receipts"

    personal: ClassVar[frozenset[str]] = frozenset({"confirmed_name"})

    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    version: Mapped[int]
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by: Mapped[str]
    edition: Mapped[int]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str]
    confirmed_name: Mapped[str]

    def task(self, announcement: Announcement, *, at: datetime) -> NotificationsTask:
        """Whether the school has to confirm it still."""
        over = (
            announcement.state == "withdrawn" or not announcement.asks or self.edition == announcement.edition
        )
        return NotificationsTask(
            task_id=named("notifications.confirming", f"{announcement.id}/{self.school_id}"),
            version=self.version,
            audiences=(f"liaison@school:{self.school_id}",),
            sentence_zh=f"请确认通知：《{announcement.title}》。",
            sentence_en=f"Confirm the notice “{announcement.title}”.",
            verb_zh="去确认",
            verb_en="Confirm it",
            link=f"/notifications/announcements/{announcement.id}",
            opened_at=self.told_at,
            due=announcement.confirm_by,
            closed_at=at if over else None,
        )
