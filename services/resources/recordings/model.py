"""The recording of a session, and the item that it became."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base


class Recording(Base):
    """What a session left: where it can be watched, and whom it was for.

    address: as scheduling said it; a link to another place. schools: ids of those invited. item_id: the draft that it became.
    """

    __tablename__ = "recordings"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(index=True)
    title: Mapped[str]
    address: Mapped[str]
    schools: Mapped[list[str]]
    held_at: Mapped[datetime]
