"""A pair (师徒结对) or a learning community (1+10+N 研修共同体): one master, backbone teachers, and whom each of them leads."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.exchange.base import Base
from shared.db import Aggregate
from shared.errors import Refusal
from shared.text import Sentence

Kind = Literal["pair", "community"]
KINDS: Mapping[str, Sentence] = {
    "pair": Sentence(zh="师徒结对", en="Mentor pair"),
    "community": Sentence(zh="1+10+N 研修共同体", en="Learning community 1+10+N"),
}
ROLES: Mapping[str, Sentence] = {
    "master": Sentence(zh="主持人", en="Master"),
    "backbone": Sentence(zh="骨干", en="Backbone"),
    "member": Sentence(zh="成员", en="Member"),
}

#: Characters of a name and of a text; people of a community; its backbone teachers; hours of a meeting.
LONGEST_NAME, LONGEST, MOST, BACKBONE, HOURS = 100, 1_000, 300, 10, 24

#: Days without a meeting after which a community is called quiet.
QUIET = 60


class Community(Aggregate, Base):
    """Its name, the region that looks after it, and for how long. ended_on: when it was ended, before or at its time."""

    __tablename__ = "communities"
    __table_args__ = (
        CheckConstraint(f"kind IN {tuple(KINDS)}", name="kind"),
        CheckConstraint("ends_on >= starts_on", name="order"),
    )

    kind: Mapped[str]
    name: Mapped[str]
    region_code: Mapped[str] = mapped_column(index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_on: Mapped[date | None]
    reason: Mapped[str]
    by: Mapped[str]
    changed_at: Mapped[datetime]

    def insist_going(self) -> None:
        """Raise Refusal once it has ended."""
        if self.ended_on is not None:
            raise Refusal(Sentence(zh=f"已在 {self.ended_on} 结束。", en=f"It ended on {self.ended_on}."))


class Member(Base):
    """Somebody in it. led_by: the backbone teacher or the master who leads them; None of the master.

    left_on: since when they are in it no more; what they took part in stays.
    """

    __tablename__ = "community_members"

    community_id: Mapped[UUID] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    role: Mapped[str]
    led_by: Mapped[UUID | None]
    left_on: Mapped[date | None]


class Meeting(Base):
    """A meeting. present: who was there; session_id: the session of scheduling that it was; minutes: how long."""

    __tablename__ = "community_meetings"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id", ondelete="CASCADE"), index=True)
    held_on: Mapped[date]
    topic: Mapped[str]
    text: Mapped[str]
    minutes: Mapped[int]
    present: Mapped[list[Any]] = mapped_column(JSON)
    session_id: Mapped[UUID | None]
    by: Mapped[str]
    at: Mapped[datetime]
