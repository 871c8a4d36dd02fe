"""The timeline of a placement."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.exchange.base import Base


class Step(Base):
    """One step that a placement took, for its timeline. number: its version then. party: as whom it was done."""

    __tablename__ = "placement_steps"

    placement_id: Mapped[UUID] = mapped_column(
        ForeignKey("placements.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    verb: Mapped[str]
    state: Mapped[str]
    party: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    on: Mapped[date | None]
    reason: Mapped[str]
