"""A rating belongs to the version that was read: what is said of an old one says nothing of the next."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base


class Rating(Base):
    """One reader's word on one version; saying it again replaces it. stars: 1 to 5. school_id: of whose people they are."""

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("version_id", "by"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("item_versions.id"))
    by: Mapped[str]
    school_id: Mapped[UUID | None]
    stars: Mapped[int]
    text: Mapped[str]
    at: Mapped[datetime]
