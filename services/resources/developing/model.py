"""Who takes part in an item, and what was said about its versions."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base
from shared.contracts.resources import ResourcesTask
from shared.ids import named
from shared.text import Sentence

ROLES: Mapping[str, Sentence] = {
    "lead": Sentence(zh="牵头", en="leads"),
    "writes": Sentence(zh="编写", en="writes"),
    "tries": Sentence(zh="试用", en="tries it out"),
    "reviews": Sentence(zh="审读", en="reads it critically"),
}


class Part(Base):
    """What a school does in an item, and by when: a row beside its row among the makers.

    task: in words; empty where nothing particular is asked. done: whether the school said that it is. over_at: since when
    it waits for nobody: it was done, or the item is retired.
    """

    __tablename__ = "item_parts"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    task: Mapped[str]
    done: Mapped[bool]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    over_at: Mapped[datetime | None]

    def waiting(self, *, title: str) -> ResourcesTask:
        """What waits for the school, or is over. Asked again, it is another task."""
        role = ROLES[self.role]
        what = f"：{self.task}" if self.task else ""
        return ResourcesTask(
            task_id=named("resources.part", f"{self.item_id}/{self.school_id}/{self.asked_at.isoformat()}"),
            version=1 if self.over_at is None else 2,
            audiences=(f"liaison@school:{self.school_id}",),
            sentence_zh=f"共同开发“{title}”，贵校{role.zh}{what}",
            sentence_en=f"Make “{title}” together: your school {role.en}{what.replace('：', ': ')}",
            verb_zh="去看",
            verb_en="See it",
            link=f"/resources/items/{self.item_id}",
            opened_at=self.asked_at,
            closed_at=self.over_at,
        )


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
