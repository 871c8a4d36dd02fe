"""Who works at another school for a time, as exchange says, and the sessions with which that collides."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from services.scheduling.plans.model import ZONE

#: States of a placement in which its person works at the host school.
THERE: frozenset[str] = frozenset({"active", "midterm"})


class Placed(Base):
    """A placement as exchange told it last. there: whether its person is at the host school from starts_on to ends_on."""

    __tablename__ = "placed"
    __table_args__ = (Index("ix_placed_person_id_there", "person_id", "there"),)

    placement_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    person_id: Mapped[UUID]
    host_school_id: Mapped[UUID]
    host_region: Mapped[str]
    kind: Mapped[str]
    there: Mapped[bool]
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    @property
    def starts_at(self) -> datetime:
        """When the first day begins, on the clock of who plans."""
        return datetime.combine(self.starts_on, time(), tzinfo=ZONE)

    @property
    def ends_at(self) -> datetime:
        """When the last day is over."""
        return datetime.combine(self.ends_on + timedelta(days=1), time(), tzinfo=ZONE)


class Collision(Base):
    """A session that was released before its person was placed: somebody is to look at it. settled_at: since when not any more.

    version: counts what was said of it.
    """

    __tablename__ = "placed_collisions"

    placement_id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    version: Mapped[int]
    noted_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
