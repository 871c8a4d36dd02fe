"""The copy of what waits: the newest state of each task, and of those that are open for whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base

#: Days after which what was due is late no longer: its date has passed, and it waits behind all that can be done in time.
LONG_PAST = 14


class KnownTask(Base):
    """A task as its service said last, closed ones too: what is older than they are comes late and is known by that.

    The fields are those of the contract. service: who said it.
    """

    __tablename__ = "tasks"

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[str]
    version: Mapped[int]
    sentence_zh: Mapped[str]
    sentence_en: Mapped[str]
    verb_zh: Mapped[str]
    verb_en: Mapped[str]
    link: Mapped[str]
    opened_at: Mapped[datetime]
    due: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Waiting(Base):
    """For whom an open task waits: `role` in the place that `kind` and `value` name, or the account `value`.

    kind: `all`, `region`, `group`, `school` or `account`; role is empty for an account, value for `all`.
    """

    __tablename__ = "waiting"
    # What waits for a school is found by its id, what waits below a region by a range of codes.
    __table_args__ = (Index("ix_waiting_for", "kind", "value", "role"),)

    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.task_id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
