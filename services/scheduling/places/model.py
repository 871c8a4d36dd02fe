"""A place in a session or a programme, that somebody has or waits for."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base

PlaceState = Literal["in", "waiting", "withdrawn"]

#: People whom a school may name at once.
MOST_AT_ONCE = 200


class Place(Base):
    """Somebody whom a school has named: they take part (`in`), wait for a place, or were taken back.

    enrolment_id: the session or programme. person_id: of the roster's copy; name: as it was then. number: where in the queue,
    also of those who are in. source: who named them: `school`, `region` or `host`. admitted_at: since when they are in.
    """

    __tablename__ = "places"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "person_id"),
        Index("ix_places_enrolment_id_state", "enrolment_id", "state"),
    )

    personal: ClassVar[frozenset[str]] = frozenset({"name"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"))
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitations.id"), index=True)
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answers.id"), index=True)
    school_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    state: Mapped[str]
    number: Mapped[int]
    source: Mapped[str]
    named_by: Mapped[str]
    named_at: Mapped[datetime]
    admitted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
