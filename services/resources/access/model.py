"""Requests for access, and links that end."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base
from shared.contracts.resources import AccessAnswered, ResourcesTask
from shared.db import Aggregate
from shared.errors import Invalid, Refusal
from shared.ids import named
from shared.text import Sentence


class AccessRequest(Aggregate, Base):
    """A school asks to see an item: asked → granted or declined. by: who of it asked. reason, answer: in words."""

    __tablename__ = "access_requests"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(index=True)
    by: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str]
    answer: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    def grant(self, *, at: datetime) -> None:
        """The school may see it from now on. Raises Refusal."""
        self._answered("granted", at)

    def decline(self, *, answer: str, at: datetime) -> None:
        """It may not, and why. Raises Refusal, Invalid."""
        if not answer:
            raise Invalid(Sentence(zh="请写明原因。", en="Say why."), field="answer")
        self._answered("declined", at)
        self.answer = answer

    def answered(self, *, title: str, person_id: UUID | None) -> AccessAnswered:
        """What the school that asked is told. person_id: of the register, who asked for it."""
        return AccessAnswered(
            request_id=self.id,
            version=self.version,
            item_id=self.item_id,
            title=title,
            school_id=self.school_id,
            answer=self.state,
            reason=self.answer,
            person_id=person_id,
        )

    def task(self, *, title: str, owner: UUID | None, region: str) -> ResourcesTask:
        """What waits for the item's makers, or is answered."""
        audience = f"liaison@school:{owner}" if owner else f"coordinator@region:{region}"
        return ResourcesTask(
            task_id=named("resources.access", str(self.id)),
            version=self.version,
            audiences=(audience, f"coordinator@region:{region}"),
            sentence_zh=f"答复查看申请：有学校想看“{title}”。",
            sentence_en=f"Answer a request: a school asks to see “{title}”.",
            verb_zh="去答复",
            verb_en="Answer",
            link=f"/resources/access/{self.id}",
            opened_at=self.asked_at,
            closed_at=self.answered_at,
        )

    def _answered(self, state: str, at: datetime) -> None:
        if self.state != "asked":
            raise Refusal(Sentence(zh="这个申请已经答复。", en="This request has been answered."))
        self.state, self.answered_at = state, at
        self.advance()


class ShareLink(Base):
    """A link by which anybody may read an item until it ends. secret: a hash; the link itself is shown once."""

    __tablename__ = "share_links"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
    secret: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def holds(self, at: datetime) -> bool:
        """Whether it leads to the item at this moment."""
        return self.ended_at is None and at < self.ends_at


def hashed(secret: str) -> str:
    """A link's secret as it is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
