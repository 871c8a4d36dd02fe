"""Who takes part in an item, and what was said about its versions."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base
from shared.text import Sentence

ROLES: Mapping[str, Sentence] = {
    "lead": Sentence(zh="牵头", en="leads"),
    "writes": Sentence(zh="编写", en="writes"),
    "tries": Sentence(zh="试用", en="tries it out"),
    "reviews": Sentence(zh="审读", en="reads it critically"),
}


class Part(Base):
    """What a school does in an item, and by when: a row beside its row among the makers.

    task: in words; empty where nothing particular is asked. done: whether the school said that it is.
    """

    __tablename__ = "item_parts"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    task: Mapped[str]
    done: Mapped[bool]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]


class Remark(Base):
    """What somebody of the makers said about a version."""

    __tablename__ = "item_remarks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
    version_index: Mapped[int]
    by: Mapped[str]
    school_id: Mapped[UUID | None]
    text: Mapped[str]
    at: Mapped[datetime]
