"""Whose word a region asks for, and each time that it was asked for."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base
from shared.contracts.resources import ResourcesTask
from shared.db import Aggregate
from shared.ids import named
from shared.text import Sentence

#: Whose word it takes. Where nobody said anything it is the county's.
RULES: Mapping[str, Sentence] = {
    "county": Sentence(zh="县（市、区）或上级管理人员审核", en="Coordinators of the county or above decide"),
    "prefecture": Sentence(
        zh="地（州、市）或上级管理人员审核", en="Coordinators of the prefecture or above decide"
    ),
    "school": Sentence(
        zh="提供学校的联络员自己审核，上级也可以", en="The school's own liaison decides, or coordinators"
    ),
}
DEFAULT = "county"


class ReviewRule(Base):
    """What one region says; it holds for all below it that say nothing themselves."""

    __tablename__ = "review_rules"
    __table_args__ = (CheckConstraint(f'"by" IN {tuple(RULES)}', name="by"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    said_by: Mapped[str]
    said_at: Mapped[datetime]


class Review(Aggregate, Base):
    """A draft was submitted. audiences: of the task, who may decide. decision: empty while it waits, `published` or `sent_back`."""

    __tablename__ = "reviews"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
    title: Mapped[str]
    audiences: Mapped[list[str]]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    decision: Mapped[str]
    decided_by: Mapped[str]
    reason: Mapped[str]
    decided_at: Mapped[datetime | None]

    def decide(self, decision: str, *, by: str, reason: str, at: datetime) -> ResourcesTask:
        """It waits no more."""
        self.decision, self.decided_by, self.reason, self.decided_at = decision, by, reason, at
        self.advance()
        return self.task()

    def task(self) -> ResourcesTask:
        """What waits for those who decide, or is decided."""
        return ResourcesTask(
            task_id=named("resources.review", str(self.id)),
            version=self.version,
            audiences=tuple(self.audiences),
            sentence_zh=f"审核资源：“{self.title}”等待发布。",
            sentence_en=f"Review an item: “{self.title}” waits to be published.",
            verb_zh="去审核",
            verb_en="Review",
            link=f"/resources/items/{self.item_id}",
            opened_at=self.asked_at,
            closed_at=self.decided_at,
        )
