"""Which person of the roster an account belongs to."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.exchange.base import Base


class Identity(Base):
    """An account as directory says it is now. person_id: None where it is nobody's of the roster."""

    __tablename__ = "identities"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
