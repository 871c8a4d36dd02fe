"""Checking in: the door of one occurrence, who came through it and when, and what was corrected afterwards."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from shared.contracts.scheduling import AttendanceRecorded
from shared.db import Aggregate
from shared.errors import Refusal
from shared.text import Sentence

#: Somebody was there from the start, or came late; was not there; or was not there for a reason that was accepted.
PresenceState = Literal["present", "late", "absent", "excused"]
STATES: dict[PresenceState, Sentence] = {
    "present": Sentence(zh="出席", en="present"),
    "late": Sentence(zh="迟到", en="late"),
    "absent": Sentence(zh="缺席", en="absent"),
    "excused": Sentence(zh="请假", en="excused"),
}

#: How it was recorded: a scanned code, a typed one, a scan that the phone kept and sent later, or a list.
How = Literal["scan", "code", "kept", "list"]
HOW: dict[How, Sentence] = {
    "scan": Sentence(zh="扫码", en="scanned"),
    "code": Sentence(zh="数字码", en="typed the code"),
    "kept": Sentence(zh="离线扫码", en="scanned offline"),
    "list": Sentence(zh="名单登记", en="from the list"),
}

#: How long before an occurrence its door opens by default, and after how many minutes one is late.
OPENS_BEFORE, LATE_AFTER = timedelta(minutes=60), timedelta(minutes=10)


class CheckIn(Aggregate, Base):
    """The door of one occurrence of a session, `starts_at` to `ends_at`.

    secret: what its codes are made from; it never leaves the database but in codes. open: whether codes are accepted; lists
    are until the session is closed.
    """

    __tablename__ = "check_ins"
    __table_args__ = (UniqueConstraint("session_id", "starts_at"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    secret: Mapped[bytes]
    open: Mapped[bool]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]

    def why_not_now(self, now: datetime) -> Sentence | None:
        """Why nobody can check in by a code at this moment, if so."""
        if not self.open:
            return Sentence(
                zh="签到已经结束。来晚了请找会务人员登记。",
                en="Checking in is over. If you came late, ask the people at the door to enter you.",
            )
        if now < self.starts_at - OPENS_BEFORE:
            return Sentence(
                zh="签到还没有开始，开始前一小时开放。",
                en="It is too early: checking in begins an hour before.",
            )
        if now >= self.ends_at:
            return Sentence(
                zh="这一场已经结束。确实到场的，请找会务人员补登。",
                en="This is over. If you were there, ask the people at the door to enter you.",
            )
        return None

    def state_at(self, now: datetime) -> PresenceState:
        """What who comes now is."""
        return "present" if now <= self.starts_at + LATE_AFTER else "late"

    def switch(self, *, open_: bool) -> None:
        """Accept codes, or no more. Raises Refusal where that is so already."""
        if self.open is open_:
            raise Refusal(
                Sentence(zh="签到已经是开放的。", en="Checking in is open already.")
                if open_
                else Sentence(zh="签到已经结束。", en="Checking in is over already.")
            )
        self.open = open_
        self.advance()


class Presence(Aggregate, Base):
    """That somebody was there, or not.

    participant_id: the row of the roster or of the queue that expected them. minutes: how long the occurrence lasts.
    arrived_at: when, for who was there.
    """

    __tablename__ = "presences"
    __table_args__ = (
        UniqueConstraint("check_in_id", "participant_id"),
        Index("ix_presences_person_id_starts_at", "person_id", "starts_at"),
    )

    personal: ClassVar[frozenset[str]] = frozenset({"name"})

    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_ins.id"))
    session_id: Mapped[UUID] = mapped_column(index=True)
    participant_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    school_id: Mapped[UUID | None]
    name: Mapped[str]
    state: Mapped[str]
    how: Mapped[str]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    arrived_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]

    @property
    def there(self) -> bool:
        """Whether it counts as having been there."""
        return self.state in {"present", "late"}

    def told(self, *, kind: str, title: str) -> AttendanceRecorded | None:
        """The fact, as of this version; None of who is not in the register: nobody else knows them."""
        if self.person_id is None:
            return None
        return AttendanceRecorded(
            presence_id=self.id,
            version=self.version,
            session_id=self.session_id,
            title=title,
            kind=kind,
            person_id=self.person_id,
            school_id=self.school_id,
            state=self.state,
            starts_at=self.starts_at,
            minutes=self.minutes if self.there else 0,
        )


class Correction(Base):
    """What somebody changed in a presence afterwards. Rows are added only."""

    __tablename__ = "presence_corrections"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    presence_id: Mapped[UUID] = mapped_column(ForeignKey("presences.id"), index=True)
    was: Mapped[str]
    now: Mapped[str]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class WrongCode(Base):
    """A code that was not right, so that nobody tries them all."""

    __tablename__ = "wrong_codes"
    __table_args__ = (Index("ix_wrong_codes_check_in_id_who", "check_in_id", "who", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_ins.id"))
    who: Mapped[str]
    at: Mapped[datetime]
