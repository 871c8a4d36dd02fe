"""What one invited school has answered."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from services.scheduling.invitations.model.invitation import Invitation
from services.scheduling.invitations.model.subjects import Subject, stated
from shared.contracts.scheduling import SchedulingTask
from shared.db import Aggregate
from shared.ids import named

Reply = Literal["waiting", "named", "declined", "out"]


class Answer(Aggregate, Base):
    """One invited school: `waiting` until it has `named` people or `declined`; `out` once it is invited no more.

    reason: why it declined. asked: whether it was ever told that its answer is awaited. That of
    a school that is invited to a programme by itself always is: people have to be named for it.
    """

    __tablename__ = "answers"
    __table_args__ = (Index("ix_answers_school_id_state", "school_id", "state"),)

    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitations.id"), index=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), index=True)
    school_id: Mapped[UUID]
    state: Mapped[str]
    reason: Mapped[str]
    asked: Mapped[bool]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    def say(self, state: Reply, *, reason: str = "", by: str, at: datetime) -> None:
        """What the school says now; who declines says why. Raises Invalid."""
        self.reason = stated(reason) if state == "declined" else reason
        self.state, self.answered_by, self.answered_at = state, by, at
        self.advance()

    def task(self, invitation: Invitation, of: Subject, *, deadline: datetime | None) -> SchedulingTask:
        """Whether it waits for the school's liaison; as of its version. It does where there is a day to answer by."""
        waits = (
            self.state == "waiting"
            and invitation.state == "open"
            and (deadline is not None or (self.asked and of.kind == "programme"))
            and of.why_closed is None
        )
        return SchedulingTask(
            task_id=named("scheduling.answer", str(self.id)),
            version=self.version,
            audiences=(f"liaison@school:{self.school_id}",),
            sentence_zh=f"报名：《{of.title}》邀请你校派人参加，请填报人员，或说明不能参加的原因。",
            sentence_en=f"Name your people: “{of.title}” invites your school. Say who comes, or why nobody can.",
            verb_zh="去报名",
            verb_en="Name people",
            link=f"/scheduling/answers/{self.id}",
            opened_at=invitation.answered_at or invitation.opened_at,
            due=deadline or of.starts_at,
            closed_at=None if waits else (self.answered_at or invitation.ended_at or invitation.opened_at),
        )
