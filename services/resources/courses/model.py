"""A course is an item that others are parts of: its lessons, plans and recordings, each at one place."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base


class CoursePart(Base):
    """An item at its place in a course; index counts from 1, each place is taken once."""

    __tablename__ = "course_parts"
    __table_args__ = (UniqueConstraint("parent_id", "item_id"),)

    parent_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
