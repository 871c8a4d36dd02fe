"""What a recalled session had told: calendars that were told of it have to hear that it is off."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base, Values
from services.scheduling.plans.model import Leader, Occurrence
from services.scheduling.sessions.model import Session


class Retraction(Base):
    """A session as it was when it was recalled, the last time; the draft that it is now is nobody else's business.

    session_version: that of the recall, above all that was told before. people: who had a place in it.
    """

    __tablename__ = "retractions"

    personal: ClassVar[frozenset[str]] = frozenset({"led_by"})

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), primary_key=True)
    session_version: Mapped[int]
    title: Mapped[str]
    kind: Mapped[str]
    place: Mapped[str]
    host_region: Mapped[str] = mapped_column(index=True)
    programme_id: Mapped[UUID | None] = mapped_column(index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    times: Mapped[tuple[Occurrence, ...] | None] = mapped_column(Values(Occurrence))
    led_by: Mapped[tuple[Leader, ...] | None] = mapped_column(Values(Leader))
    invited_schools: Mapped[list[UUID]]
    people: Mapped[list[UUID]]
    reason: Mapped[str]
    recalled_at: Mapped[datetime] = mapped_column(index=True)

    @classmethod
    def of(
        cls,
        session: Session,
        *,
        schools: Collection[UUID],
        people: Collection[UUID],
        reason: str,
        at: datetime,
    ) -> "Retraction":
        """What was told of a session that has just become a draft again. schools: those that knew of it."""
        return cls(
            session_id=session.id,
            session_version=session.version,
            title=session.title,
            kind=session.kind,
            place=session.place,
            host_region=session.host_region,
            programme_id=session.programme_id,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            times=session.occurrences,
            led_by=session.led_by,
            invited_schools=list(schools),
            people=list(people),
            reason=reason,
            recalled_at=at,
        )
