"""What a school has said to an announcement, and the files that came with it."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.announcements.model.announcements import Announcement
from services.notifications.base import Base
from shared.contracts.notifications import NotificationsTask
from shared.ids import named


class File(Base):
    """Something attached to an announcement."""

    __tablename__ = "announcement_files"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcements.id"), index=True)
    name: Mapped[str]
    size: Mapped[int]
    data: Mapped[bytes]


class Receipt(Base):
    """That a school was told of an announcement, and what it said. edition: which one it confirmed; 0 for none.

    version: counts what was said, for the task. read_by, confirmed_by: accounts; confirmed_name: who signed for the school.
    principals: `account:ID` of those who were told that their school has not answered.
    """

    __tablename__ = "receipts"

    personal: ClassVar[frozenset[str]] = frozenset({"confirmed_name"})

    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    version: Mapped[int]
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by: Mapped[str]
    edition: Mapped[int]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str]
    confirmed_name: Mapped[str]
    principals: Mapped[list[str]] = mapped_column(server_default="[]")

    def task(self, announcement: Announcement, *, at: datetime, excused: bool = False) -> NotificationsTask:
        """Whether the school has to confirm it still; excused: it has not, whatever it said."""
        over = (
            excused
            or announcement.state == "withdrawn"
            or not announcement.asks
            or self.edition == announcement.edition
        )
        return NotificationsTask(
            task_id=named("notifications.confirming", f"{announcement.id}/{self.school_id}"),
            version=self.version,
            audiences=(f"liaison@school:{self.school_id}", *self.principals),
            sentence_zh=f"请确认通知：《{announcement.title}》。",
            sentence_en=f"Confirm the notice “{announcement.title}”.",
            verb_zh="去确认",
            verb_en="Confirm it",
            link=announcement.page,
            opened_at=self.told_at,
            due=announcement.confirm_by,
            closed_at=at if over else None,
        )
