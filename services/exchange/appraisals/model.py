"""The form by which somebody is appraised, what each rater said, the result, and what follows.

open ──decide──▶ decided ──appeal──▶ appealed ──answer──▶ decided, for good
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.exchange.base import Base
from shared.db import Aggregate
from shared.errors import Invalid
from shared.text import Sentence

Grade = Literal["excellent", "good", "basic", "failed"]
GRADES: Mapping[str, Sentence] = {
    "excellent": Sentence(zh="优秀", en="Excellent"),
    "good": Sentence(zh="合格", en="Good"),
    "basic": Sentence(zh="基本合格", en="Basic"),
    "failed": Sentence(zh="不合格", en="Failed"),
}
STATES: Mapping[str, Sentence] = {
    "open": Sentence(zh="评价中", en="Being rated"),
    "decided": Sentence(zh="已有结果", en="Decided"),
    "appealed": Sentence(zh="申诉中", en="Appealed"),
}
#: Who rates: a school or a region by whoever answers for it, peers and mentees as named people.
ROLES: Mapping[str, Sentence] = {
    "host": Sentence(zh="接收学校", en="Host school"),
    "home": Sentence(zh="派出学校", en="Home school"),
    "host_region": Sentence(zh="接收区域", en="Host region"),
    "origin_region": Sentence(zh="派出区域", en="Home region"),
    "peer": Sentence(zh="同事", en="Peer"),
    "mentee": Sentence(zh="被带教教师", en="Mentee"),
}
NAMED: frozenset[str] = frozenset({"peer", "mentee"})

#: Characters of a text; dimensions of a form; the whole of weights and of a score.
LONGEST, MOST, WHOLE = 2_000, 12, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What is appraised, how much it weighs of a hundred, and which roles rate it."""

    name: str
    weight: int
    roles: tuple[str, ...] = ("host",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How somebody is appraised. gate: what must be in order, before any score. levels: from which score each grade is given.

    excellent_share: of those appraised in a region's school year, in percent, who may be excellent.
    """

    dimensions: tuple[Dimension, ...]
    gate: str = "师德与出勤"
    levels: tuple[int, int, int] = (90, 75, 60)
    excellent_share: int = 20

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Form":
        """As `written` wrote it."""
        return msgspec.convert(dict(said), cls, strict=False)

    def written(self) -> dict[str, Any]:
        """As plain values."""
        found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        return found

    @property
    def roles(self) -> tuple[str, ...]:
        """All who rate something of it."""
        return tuple(role for role in ROLES if any(role in each.roles for each in self.dimensions))

    def faults(self) -> dict[str, Sentence]:
        """What is wrong with it, by field."""
        found: dict[str, Sentence] = {}
        weights = sum(each.weight for each in self.dimensions)
        if not 1 <= len(self.dimensions) <= MOST:
            found["dimensions"] = Sentence(
                zh=f"需要 1 到 {MOST} 个维度。", en=f"A form has 1 to {MOST} dimensions."
            )
        elif any(not each.name or each.weight < 1 for each in self.dimensions):
            found["dimensions"] = Sentence(
                zh="每个维度要有名称和 1 以上的权重。", en="Each dimension has a name, and a weight from 1."
            )
        elif weights != WHOLE:
            found["dimensions"] = Sentence(
                zh=f"权重合计要等于 100，现在是 {weights}。",
                en=f"The weights make 100; now they make {weights}.",
            )
        elif len({each.name for each in self.dimensions}) != len(self.dimensions):
            found["dimensions"] = Sentence(
                zh="维度名称不能重复。", en="Each dimension has a name of its own."
            )
        elif any(not each.roles or not set(each.roles) <= set(ROLES) for each in self.dimensions):
            found["dimensions"] = Sentence(
                zh="每个维度要写明由谁评价。", en="Each dimension says who rates it."
            )
        if not WHOLE >= self.levels[0] > self.levels[1] > self.levels[2] >= 0:
            found["levels"] = Sentence(
                zh="三个等级的分数要从高到低，在 0 和 100 之间。",
                en="The three scores go down, from 100 to 0.",
            )
        if not self.gate:
            found["gate"] = Sentence(zh="请填写前提条件。", en="Give the gate.")
        if not 0 <= self.excellent_share <= WHOLE:
            found["excellent_share"] = Sentence(
                zh="优秀比例填 0 到 100。", en="The share of the excellent is from 0 to 100."
            )
        return found

    def insist(self) -> None:
        """Raise Invalid with the first of what is wrong with it."""
        for field, wrong in self.faults().items():
            raise Invalid(wrong, field=field)


class AppraisalForm(Base):
    """A version of the form that a region uses for a kind of exchange; never changed."""

    __tablename__ = "appraisal_forms"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    form: Mapped[dict[str, Any]]
    why: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class Appraisal(Aggregate, Base):
    """The appraisal of one placement, whose id it has.

    form: as it was when it began, and form_source whose. gate: whether what must be in order was, None before anybody said so.
    score: of a hundred, as it was decided; grade. missing_why: why it was decided without all raters; year: the school year that
    it counts in. plan_due: until when the improvement plan is to be followed up. adopted: what the home school took over.
    """

    __tablename__ = "appraisals"
    __table_args__ = (
        CheckConstraint(f"state IN {tuple(STATES)}", name="state"),
        Index("ix_appraisals_origin_region_year", "origin_region", "year"),
    )

    state: Mapped[str]
    origin_region: Mapped[str]
    year: Mapped[int]
    form: Mapped[dict[str, Any]]
    form_source: Mapped[str]
    self_report: Mapped[str]
    gate: Mapped[bool | None]
    gate_note: Mapped[str]
    score: Mapped[float | None]
    grade: Mapped[str | None]
    raters: Mapped[int]
    missing_why: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    appeal: Mapped[str]
    appealed_at: Mapped[datetime | None]
    appeal_answer: Mapped[str]
    reward: Mapped[str]
    plan: Mapped[str]
    plan_due: Mapped[date | None]
    follow_up: Mapped[str]
    followed_at: Mapped[datetime | None]
    adopted: Mapped[str]
    changed_at: Mapped[datetime]


class Rater(Base):
    """Somebody named to rate: a colleague or a mentee at the host school."""

    __tablename__ = "appraisal_raters"

    appraisal_id: Mapped[UUID] = mapped_column(
        ForeignKey("appraisals.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]


class Rating(Base):
    """What one rater said; the raw scores stay. rater: the role, and of a named person also who: `peer:ID`."""

    __tablename__ = "appraisal_ratings"

    appraisal_id: Mapped[UUID] = mapped_column(
        ForeignKey("appraisals.id", ondelete="CASCADE"), primary_key=True
    )
    rater: Mapped[str] = mapped_column(primary_key=True)
    scores: Mapped[dict[str, Any]]
    comment: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
