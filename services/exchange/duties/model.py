"""The log of a placement: entries by the teacher or from scheduled sessions, confirmed by the host.

claimed ──confirm──▶ confirmed ──decline──▶ declined
   ├──decline──▶ declined          (what a sign-in sheet says is confirmed by it, and may be declined with a reason)
   └──withdraw─▶ withdrawn
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.exchange.base import Base
from shared.db import Aggregate
from shared.errors import Refusal
from shared.text import Sentence

State = Literal["claimed", "confirmed", "declined", "withdrawn"]
Verb = Literal["confirm", "decline", "withdraw"]

#: What is counted, in the order of a page; `other` counts against no target.
KINDS: Mapping[str, Sentence] = {
    "demonstration_lesson": Sentence(zh="示范课", en="Demonstration lesson"),
    "lecture": Sentence(zh="专题讲座", en="Lecture"),
    "joint_preparation": Sentence(zh="集体备课", en="Joint preparation"),
    "mentoring_hours": Sentence(zh="带教课时", en="Mentoring hours"),
    "other": Sentence(zh="其他", en="Other"),
}
STATES: Mapping[str, Sentence] = {
    "claimed": Sentence(zh="待接收学校确认", en="To be confirmed by the host"),
    "confirmed": Sentence(zh="已确认", en="Confirmed"),
    "declined": Sentence(zh="未确认", en="Declined"),
    "withdrawn": Sentence(zh="已撤回", en="Withdrawn"),
}
VERBS: Mapping[Verb, Sentence] = {
    "confirm": Sentence(zh="确认", en="Confirm"),
    "decline": Sentence(zh="不确认", en="Decline"),
    "withdraw": Sentence(zh="撤回", en="Withdraw"),
}
#: From which states each verb leads, and where to.
MOVES: Mapping[Verb, tuple[frozenset[str], State]] = {
    "confirm": (frozenset({"claimed"}), "confirmed"),
    "decline": (frozenset({"claimed", "confirmed"}), "declined"),
    "withdraw": (frozenset({"claimed"}), "withdrawn"),
}
#: Which kinds of session are which duty.
SESSION_KINDS: Mapping[str, str] = {
    "demonstration_lesson": "demonstration_lesson",
    "lecture": "lecture",
    "collective_preparation": "joint_preparation",
    "joint_research": "joint_preparation",
    "same_lesson": "joint_preparation",
    "mentoring": "mentoring_hours",
}
#: Minutes of a 课时.
HOUR = 45

#: Characters of a text; files of an entry; bytes of a file; hours of one entry.
LONGEST, MOST_FILES, LARGEST, MOST_HOURS = 1_000, 5, 5 * 1024 * 1024, 40


class DutyBook(Aggregate, Base):
    """The log of one placement, whose id it has: locked while an entry is written. waiting: entries that the host is to confirm."""

    __tablename__ = "duty_books"

    waiting: Mapped[int]
    waiting_since: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class Duty(Base):
    """An entry. amount: how many; of mentoring the hours.

    session_id: the session of scheduling; presence_id: of the sign-in sheet, and presence_version: the version of it that is
    heeded. party: as whom it was written. answered_by: who confirmed or declined.
    """

    __tablename__ = "duties"
    __table_args__ = (
        CheckConstraint(f"state IN {tuple(STATES)}", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_duties_placement_id_done_on", "placement_id", "done_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placements.id", ondelete="CASCADE"))
    kind: Mapped[str]
    done_on: Mapped[date]
    amount: Mapped[int]
    text: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    party: Mapped[str]
    session_id: Mapped[UUID | None]
    presence_id: Mapped[UUID | None] = mapped_column(unique=True)
    presence_version: Mapped[int | None]
    by: Mapped[str]
    at: Mapped[datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    def why_not(self, verb: Verb) -> Sentence | None:
        """Why the verb leads nowhere now, or None."""
        if self.state in MOVES[verb][0]:
            return None
        return Sentence(
            zh=f"这条记录{STATES[self.state].zh}，不能{VERBS[verb].zh}。",
            en=f"This entry is in the state “{STATES[self.state].en}”: it is not possible to {VERBS[verb].en.lower()} it.",
        )

    def go(self, verb: Verb, *, by: str, at: datetime, reason: str = "") -> None:
        """Take a step. Raises Refusal."""
        if refused := self.why_not(verb):
            raise Refusal(refused)
        self.state, self.reason, self.answered_by, self.answered_at = MOVES[verb][1], reason, by, at


class DutyFile(Base):
    """A file beside an entry. data: read where it is handed out alone."""

    __tablename__ = "duty_files"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    duty_id: Mapped[UUID] = mapped_column(ForeignKey("duties.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    data: Mapped[bytes] = mapped_column(deferred=True)
