"""Programmes and the people who take part in them. What a programme's days are, its sessions say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from services.scheduling.plans.model import EVERYWHERE, LONGEST, too_long
from shared.contracts.scheduling import SchedulingTask
from shared.db import Aggregate
from shared.errors import Invalid
from shared.ids import named
from shared.text import Sentence

#: What kinds of programme there are, in the field's own terms.
PROGRAMME_KINDS: Mapping[str, Sentence] = {
    "training_class": Sentence(zh="培训班", en="Training class"),
    "principals_class": Sentence(zh="校长研修班", en="Class for principals"),
    "series": Sentence(zh="系列活动", en="Series"),
    "year_plan": Sentence(zh="年度计划", en="Plan of a year"),
}

#: Characters in what trainees have to hand in; 学时 that a programme may have; people on one roster.
LONGEST_OUTCOME, MOST_HOURS, MOST_TRAINEES = 2_000, 2_000, 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a programme is, without its days. hours: 学时 that it counts for, if that is settled."""

    title: str
    kind: str = "training_class"
    outcome: str = ""
    hours: int | None = None

    def faults(self) -> dict[str, Sentence]:
        """What is wrong with it, by field."""
        found: dict[str, Sentence] = {}
        if not self.title:
            found["title"] = Sentence(zh="请填写项目名称。", en="Give the programme a title.")
        if len(self.title) > LONGEST:
            found["title"] = too_long(LONGEST)
        if self.kind not in PROGRAMME_KINDS:
            found["kind"] = Sentence(zh="请选择项目类型。", en="Choose what kind of programme it is.")
        if len(self.outcome) > LONGEST_OUTCOME:
            found["outcome"] = too_long(LONGEST_OUTCOME)
        if self.hours is not None and not 0 < self.hours <= MOST_HOURS:
            found["hours"] = Sentence(
                zh=f"学时填 1 到 {MOST_HOURS} 的整数。",
                en=f"Hours are a whole number from 1 to {MOST_HOURS}.",
            )
        return found

    def insist(self) -> None:
        """Raise Invalid with the first fault, if there is one."""
        for field, sentence in self.faults().items():
            raise Invalid(sentence, field=field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Somebody to be put on a roster. person_id: of the roster's copy; None until the directory has them.

    unit, post, phone: as written. source: where it was written, `typed`, `directory` or a file's name.
    """

    name: str
    unit: str = ""
    post: str = ""
    phone: str = ""
    person_id: UUID | None = None
    source: str = "typed"


class Programme(Aggregate, Base):
    """A training class, a series or a plan of a year. `host_region`: six digits. outcome: what has to be handed in.

    created_by, drafted_at: the actor who drafted it, and when. released_at: since when nothing of it is a draft.
    """

    __tablename__ = "programmes"

    title: Mapped[str]
    kind: Mapped[str]
    host_region: Mapped[str] = mapped_column(index=True)
    outcome: Mapped[str]
    hours: Mapped[int | None]
    created_by: Mapped[str]
    drafted_at: Mapped[datetime]
    released_at: Mapped[datetime | None]

    @classmethod
    def draft(cls, *, id_: UUID, outline: Outline, host_region: str, by: str, at: datetime) -> "Programme":
        """A new programme without sessions and people. Raises Invalid where the outline cannot be."""
        outline.insist()
        programme = cls(id=id_, version=1, host_region=host_region, created_by=by, drafted_at=at)
        programme._follow(outline)
        return programme

    def revise(self, outline: Outline) -> None:
        """Outline it differently. Raises Invalid."""
        outline.insist()
        self._follow(outline)
        self.advance()

    def settle(self, *, drafts: int, at: datetime) -> None:
        """Note how many of its sessions are drafts still: without any it is released, with one it waits again."""
        self.released_at = None if drafts else (self.released_at or at)
        self.advance()

    def task(self) -> SchedulingTask:
        """Whether it waits to be released, by those who look after the region that hosts it; as of its version."""
        return SchedulingTask(
            task_id=named("scheduling.programme", str(self.id)),
            version=self.version,
            audiences=(
                "coordinator@all"
                if self.host_region == EVERYWHERE
                else f"coordinator@region:{self.host_region}",
            ),
            sentence_zh=f"发布项目：《{self.title}》还有草稿，学校还不知道。",
            sentence_en=f"Release a programme: “{self.title}” has drafts that no school knows of.",
            verb_zh="去检查",
            verb_en="Check it",
            link=f"/scheduling/programmes/{self.id}",
            opened_at=self.drafted_at,
            closed_at=self.released_at,
        )

    def _follow(self, outline: Outline) -> None:
        self.title, self.kind = outline.title, outline.kind
        self.outcome, self.hours = outline.outcome, outline.hours


class Trainee(Base):
    """Somebody on a programme's roster, in the order of the sheet. person_id: once the directory has them.

    name, unit, post, phone: as written when they were entered; source: where.
    """

    __tablename__ = "trainees"
    __table_args__ = (UniqueConstraint("programme_id", "person_id"),)

    personal: ClassVar[frozenset[str]] = frozenset({"name"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"), index=True)
    ordinal: Mapped[int]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[str]
    unit: Mapped[str]
    post: Mapped[str]
    phone: Mapped[str]
    source: Mapped[str]
    entered_at: Mapped[datetime]
