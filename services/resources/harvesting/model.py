"""Which items are, or ever were, open to everybody: a harvester has to hear of those that are no more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base


class PublicRecord(Base):
    """An item as harvesters know it. changed_at: when what they hear changed. public: false: it was, and is no more."""

    __tablename__ = "public_records"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    changed_at: Mapped[datetime] = mapped_column(index=True)
    public: Mapped[bool]
