"""Announcements: what is told to schools, and what sessions ask them to confirm.

draft ──schedule──▶ scheduled ──(its time)──▶ sent ──withdraw──▶ withdrawn
  └──────────────send──────────────────────────▲
A sent one can be edited: that is a new edition, which asks for confirmation again. One that belongs to a session follows
the session alone: it is sent with the release, a new edition with each change, withdrawn once it does not take place.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.announcements.model.texts import LONGEST_TITLE, Text
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

#: How long before the deadline who has not confirmed is reminded, and how long after it principals and coordinators are told.
REMIND_BEFORE = (timedelta(days=2), timedelta(0))
PRINCIPALS_AFTER, ESCALATE_AFTER = timedelta(hours=12), timedelta(days=1)


class Announcement(Aggregate, Base):
    """One announcement. edition: how often its text was changed after it was sent, from 1. reminded: how many of the
    reminders of `REMIND_BEFORE` are done; principals_at, escalated_at: when the principals and then the coordinators were told
    who is missing. session_id: the session whose invitation is to be confirmed; session_version: as of which it was said.
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
    principals_at: Mapped[datetime | None]
    session_id: Mapped[UUID | None] = mapped_column(unique=True)
    session_version: Mapped[int] = mapped_column(default=0)

    def follow(self, text: Text, *, now: datetime) -> bool:
        """Say this instead; whether that is a new edition, of which schools have to be told. Raises Invalid, Refusal."""
        self.insist("edit")
        text.insist(now=now)
        again = self.state == "sent"
        self.title, self.body, self.scopes = text.title, text.body, list(text.scopes)
        self.asks, self.confirm_by = text.asks, text.confirm_by if text.asks else None
        if again:
            self.edition += 1
            self._ask_anew()
        self.advance()
        return again

    def follow_session(self, text: Text, *, version: int, now: datetime) -> None:
        """Say what the session is like now, which is a new edition. What is older than what is known is left out."""
        if version <= self.session_version:
            return
        if self.session_version:
            self.edition += 1
            self._ask_anew()
        self.title, self.body, self.scopes = text.title, text.body, list(text.scopes)
        self.asks, self.confirm_by = text.asks, text.confirm_by
        self.state, self.sent_at, self.reason, self.session_version = "sent", now, "", version
        self.advance()

    def end_with_session(self, *, version: int, reason: str, now: datetime) -> None:
        """The session does not take place as it was told: nobody is asked any more."""
        if version > self.session_version:
            self.state, self.reason, self.withdrawn_at, self.session_version = (
                "withdrawn",
                reason,
                now,
                version,
            )
            self.advance()

    def _ask_anew(self) -> None:
        self.reminded, self.principals_at, self.escalated_at = 0, None, None

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
        if self.session_id is not None and verb != "remind":
            return Sentence(zh="这是活动的通知，随活动变动。", en="It belongs to a session and follows it.")
        if self.state in allowed:
            return None
        return {
            "draft": Sentence(zh="这是草稿，还没有发出。", en="This is a draft; nobody was told."),
            "scheduled": Sentence(zh="还没有到发送的时间。", en="It has not been sent yet."),
            "sent": Sentence(zh="已经发出。", en="It was sent already."),
            "withdrawn": Sentence(zh="已经撤回。", en="It was withdrawn."),
        }[self.state]

    @property
    def page(self) -> str:
        """The path of its page: a school's letter, its sender's board."""
        return f"/notifications/announcements/{self.id}"

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
            sentence_en=f"The deadline of “{self.title}” is over and {missing} {'school has' if missing == 1 else 'schools have'} not confirmed.",
            verb_zh="看看是谁",
            verb_en="See who",
            link=self.page,
            opened_at=self.confirm_by or self.drafted_at,
            closed_at=closed_at,
        )
