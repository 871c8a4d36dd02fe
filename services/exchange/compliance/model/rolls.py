"""The roll: for each school year everybody who taught on its snapshot day, with the facts that rules ask for.

While a year is open the roll follows the directory, and the rules are asked of it anew each time; with the closing of a
region's year what was found is written beside each person and changes no more.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.exchange.base import Base


class RollYear(Base):
    """A school year of which a roll is kept. year: the one in which it begins."""

    __tablename__ = "roll_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opened_at: Mapped[datetime]


class RollEntry(Base):
    """Somebody who teaches in a school year. school_id: where, on the snapshot day; facts as the directory says them.

    What follows is empty until the region's year is closed, and then fixed: region_code, sender_id (the school that is held to
    the rules for this person), why (the rule that makes them ineligible, or empty), exchanged (`yes`, `planned`, `beside` or
    empty), senior (backbone of the level that counts), principal, due, placement_id.
    """

    __tablename__ = "roll_entries"
    __table_args__ = (
        Index("ix_roll_entries_person_id", "person_id"),
        Index("ix_roll_entries_year_school_id", "year", "school_id"),
        # Rows of closed years alone; open ones are found by their schools.
        Index(
            "ix_roll_entries_year_region_code",
            "year",
            "region_code",
            postgresql_where=text("region_code IS NOT NULL"),
            sqlite_where=text("region_code IS NOT NULL"),
        ),
    )

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID]
    sex: Mapped[str]
    birth: Mapped[str]
    subject: Mapped[str]
    post: Mapped[str]
    title: Mapped[str]
    backbone: Mapped[str]
    since: Mapped[str]
    degree: Mapped[str]
    stage: Mapped[str]
    region_code: Mapped[str | None]
    sender_id: Mapped[UUID | None]
    why: Mapped[str | None]
    exchanged: Mapped[str | None]
    senior: Mapped[bool | None]
    principal: Mapped[bool | None]
    due: Mapped[bool | None]
    placement_id: Mapped[UUID | None]


class Closing(Base):
    """A county's school year that is closed. figures, balance: as they were found; rules: those that held, held: whose they are."""

    __tablename__ = "year_closings"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    region_code: Mapped[str] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]]
    balance: Mapped[list[dict[str, Any]]]
    rules: Mapped[dict[str, Any]]
    held: Mapped[dict[str, Any]]
    by: Mapped[str]
    at: Mapped[datetime]


class Reopening(Base):
    """A county's closed school year that was opened again. figures, closed_by, closed_at: of the closing that it undid."""

    __tablename__ = "year_reopenings"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    region_code: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    figures: Mapped[dict[str, Any]]
    closed_by: Mapped[str]
    closed_at: Mapped[datetime]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class Forecast(Base):
    """What was last said of a county's running school year: whether it falls short, and by how many.

    version: of the task that says so; since: when it began to.
    """

    __tablename__ = "compliance_forecasts"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    region_code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    falls_short: Mapped[bool]
    teachers: Mapped[int]
    backbone: Mapped[int]
    said_at: Mapped[datetime]
