"""Days that a region's calendar names, beside those that the State Council announces."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from shared.errors import Invalid
from shared.text import Sentence

#: A day off, or a day on which work is done although it is a weekend.
DayKind = Literal["holiday", "workday"]
KINDS: dict[DayKind, Sentence] = {
    "holiday": Sentence(zh="休息日", en="day off"),
    "workday": Sentence(zh="工作日（调休）", en="workday"),
}

#: Characters of a day's name.
LONGEST = 60


class CalendarDay(Base):
    """A day as a region has set it; it holds for all regions within that say nothing else."""

    __tablename__ = "calendar_days"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]

    def say(self, kind: str, name: str, *, by: str, at: datetime) -> None:
        """What it is. Raises Invalid."""
        if kind not in KINDS:
            raise Invalid(
                Sentence(zh="请选择是休息日还是工作日。", en="Choose whether it is a day off or a workday."),
                field="kind",
            )
        if not 0 < len(name) <= LONGEST:
            raise Invalid(
                Sentence(
                    zh="请写明是什么日子，最多 60 个字。", en="Say what day it is, in at most 60 characters."
                ),
                field="name",
            )
        self.kind, self.name, self.set_by, self.set_at = kind, name, by, at
