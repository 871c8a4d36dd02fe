"""The figures of a school year."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base


class SchoolYear(Base):
    """A school's figures at the end of a school year: closed, so that next year's roster does not change them.

    year: the one in which the school year began (2025 for 2025–26).
    """

    __tablename__ = "school_years"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage: Mapped[str]
    setting: Mapped[str]
    pupils: Mapped[int | None]
    pupils_primary: Mapped[int | None]
    pupils_junior: Mapped[int | None]
    people: Mapped[int]
