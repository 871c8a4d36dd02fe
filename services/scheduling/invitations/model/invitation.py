"""Who is asked to take part in a session or a programme, region by region, and what each school has answered.

asked ──agree──▶ open ──withdraw──▶ withdrawn
  ├──refuse──▶ refused
  └──withdraw──▶ withdrawn

Only what crosses a border is ever `asked`: the coordinators of the other side agree first. Schools hear of an invitation,
and may answer it, only while it is open.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal, TypedDict
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from services.scheduling.invitations.model.subjects import Kind, Quota, Subject, insist_on_number, stated
from shared.contracts import scheduling as told
from shared.db import Aggregate
from shared.errors import Refusal
from shared.ids import named
from shared.text import Sentence

State = Literal["asked", "open", "refused", "withdrawn"]

_ANSWERED: Mapping[str, Sentence] = {
    "open": Sentence(
        zh="这份邀请已经同意，学校已知道。", en="This invitation was agreed to; the schools know of it."
    ),
    "refused": Sentence(zh="这份邀请已被拒绝。", en="This invitation was refused."),
    "withdrawn": Sentence(zh="主办方已收回这份邀请。", en="The host has withdrawn this invitation."),
    "asked": Sentence(zh="所在区域还没有答复。", en="The region has not answered yet."),
}


class _Told(TypedDict):
    """What every event of an invitation says."""

    invitation_id: UUID
    version: int
    session_id: UUID | None
    programme_id: UUID | None
    title: str
    host_region: str
    region_code: str


class Enrolment(Aggregate, Base):
    """How a session or a programme (whose id it has) is filled: places in all, and until when schools may answer.

    number: the place in the queue that was given out last. Its row is the lock of the queue.
    """

    __tablename__ = "enrolments"

    kind: Mapped[str]
    places: Mapped[int | None]
    deadline: Mapped[datetime | None]
    number: Mapped[int]

    @classmethod
    def begin(cls, *, id_: UUID, kind: Kind) -> "Enrolment":
        """Without limits."""
        return cls(id=id_, version=1, kind=kind, places=None, deadline=None, number=0)

    def limit(self, *, places: int | None, deadline: datetime | None) -> None:
        """Say how many may come, and until when schools may answer. Raises Invalid."""
        insist_on_number(places, field="places")
        self.places, self.deadline = places, deadline
        self.advance()

    def next_number(self) -> int:
        """The end of the queue."""
        self.number += 1
        return self.number


class Invitation(Aggregate, Base):
    """That schools of one region are invited, and by what they were chosen: `schools`, `region:CODE` or `group:ID`.

    crosses: whether the region lies outside the one that hosts. region_code: who agrees. note: from the host to the
    other side. reason: why it was refused or withdrawn.
    """

    __tablename__ = "invitations"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), index=True)
    host_region: Mapped[str] = mapped_column(index=True)
    region_code: Mapped[str] = mapped_column(index=True)
    whom: Mapped[str]
    schools: Mapped[list[UUID]]
    crosses: Mapped[bool]
    places: Mapped[int | None]
    school_places: Mapped[int | None]
    state: Mapped[str]
    note: Mapped[str]
    reason: Mapped[str]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def quota(self) -> Quota:
        """How many may come by it."""
        return Quota(places=self.places, school_places=self.school_places)

    def opened(self, of: Subject, *, deadline: datetime | None) -> told.InvitationOpened:
        """That it exists: the other side is asked, or the schools are."""
        return told.InvitationOpened(
            **self._told(of),
            agreed=self.state == "open",
            starts_at=of.starts_at,
            ends_at=of.ends_at,
            schools=list(self.schools),
            places=self.places,
            school_places=self.school_places,
            deadline=deadline,
            note=self.note,
        )

    def why_not_answer(self) -> Sentence | None:
        """Why the region cannot agree or refuse, if it cannot."""
        return None if self.state == "asked" else _ANSWERED[self.state]

    def agree(self, of: Subject, *, by: str, at: datetime) -> told.InvitationAnswered:
        """The other side agrees: its schools may be told, and may answer. Raises Refusal."""
        return self._answer(of, "open", "", by=by, at=at)

    def refuse(self, of: Subject, *, reason: str, by: str, at: datetime) -> told.InvitationAnswered:
        """The other side does not agree, and says why. Raises Refusal, Invalid."""
        return self._answer(of, "refused", stated(reason), by=by, at=at)

    def why_not_withdraw(self) -> Sentence | None:
        """Why the host cannot take it back, if so."""
        return None if self.state in {"asked", "open"} else _ANSWERED[self.state]

    def withdraw(self, of: Subject, *, reason: str, at: datetime) -> told.InvitationWithdrawn:
        """The host takes it back. Raises Refusal, Invalid."""
        if why := self.why_not_withdraw():
            raise Refusal(why)
        agreed = self.state == "open"
        self.state, self.reason, self.ended_at = "withdrawn", stated(reason), at
        self.advance()
        return told.InvitationWithdrawn(
            **self._told(of), agreed=agreed, schools=list(self.schools), reason=reason
        )

    def keep(self, quota: Quota) -> None:
        """Give it another quota. Raises Invalid."""
        quota.insist()
        self.places, self.school_places = quota.places, quota.school_places
        self.advance()

    def leave_out(self, school_id: UUID) -> None:
        """One of its schools is invited no more."""
        self.schools = [each for each in self.schools if each != school_id]
        self.advance()

    def said(self, of: Subject, *, school_id: UUID, answer: str, reason: str = "", people: int = 0, waiting: int = 0) -> told.InvitationAnswered:  # fmt: skip
        """That one of its schools has answered; people, waiting: whom it has now, and those of them in the queue."""
        self.advance()
        return told.InvitationAnswered(
            **self._told(of),
            by="school",
            answer=answer,
            schools=[school_id],
            reason=reason,
            people=people,
            waiting=waiting,
        )

    def promoted(self, of: Subject, *, school_id: UUID, person_ids: Collection[UUID]) -> told.InvitationPromoted:  # fmt: skip
        """That people of one of its schools have come in from the queue."""
        self.advance()
        return told.InvitationPromoted(**self._told(of), school_id=school_id, person_ids=list(person_ids))

    def task(self, of: Subject, *, deadline: datetime | None) -> told.SchedulingTask:
        """Whether it waits for the coordinators of the other side; as of its version."""
        return told.SchedulingTask(
            task_id=named("scheduling.invitation", str(self.id)),
            version=self.version,
            audiences=(f"coordinator@region:{self.region_code}",),
            sentence_zh=f"答复外区域的邀请：《{of.title}》邀请你区域的 {len(self.schools)} 所学校，你同意后学校才会知道。",
            sentence_en=f"Answer another region: “{of.title}” would invite schools of yours ({len(self.schools)}). They hear of it once you agree.",
            verb_zh="去答复",
            verb_en="Answer",
            link=f"/scheduling/invitations/{self.id}",
            opened_at=self.opened_at,
            due=deadline or of.starts_at,
            closed_at=None
            if self.state == "asked" and of.why_closed is None
            else (self.answered_at or self.ended_at or of.starts_at),
        )

    def _answer(self, of: Subject, state: State, reason: str, *, by: str, at: datetime) -> told.InvitationAnswered:  # fmt: skip
        if why := self.why_not_answer():
            raise Refusal(why)
        self.state, self.reason, self.answered_by, self.answered_at = state, reason, by, at
        self.advance()
        return told.InvitationAnswered(
            **self._told(of),
            by="region",
            answer="agreed" if state == "open" else "refused",
            schools=list(self.schools),
            reason=reason,
        )

    def _told(self, of: Subject) -> "_Told":
        return {
            "invitation_id": self.id,
            "version": self.version,
            "session_id": of.id if of.kind == "session" else None,
            "programme_id": of.id if of.kind == "programme" else None,
            "title": of.title,
            "host_region": self.host_region,
            "region_code": self.region_code,
        }
