"""What is planned: who goes where, as what kind of exchange, and when; and what dated rules say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from shared.errors import Invalid
from shared.text import Sentence

Kind = Literal["support_teaching", "job_shadowing", "rotation"]

#: The kinds of exchange, in the field's own terms.
KINDS: Mapping[Kind, Sentence] = {
    "support_teaching": Sentence(zh="支教", en="Support teaching"),
    "job_shadowing": Sentence(zh="跟岗学习", en="Job shadowing"),
    "rotation": Sentence(zh="轮岗交流", en="Rotation"),
}

#: Characters of a reason or a remark; the longest that somebody is placed, in days.
LONGEST, LASTS_AT_MOST = 500, 366 * 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a dated rule says of a placement that does not meet it. rule: its key; source: the document that says so."""

    rule: str
    zh: str
    en: str
    source: str = ""

    @property
    def sentence(self) -> Sentence:
        """For people."""
        return Sentence(zh=self.zh, en=self.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who goes where, as what, and when. starts_on, ends_on: the first and the last day."""

    person_id: UUID
    origin_school_id: UUID
    host_school_id: UUID
    kind: str
    starts_on: date
    ends_on: date
    relation_moves: bool = False
    remark: str = ""
    agreement_id: UUID | None = None
    agreement_version: int | None = None

    def faults(self) -> dict[str, Sentence]:
        """What is wrong with it by itself, by field."""
        found: dict[str, Sentence] = {}
        if self.kind not in KINDS:
            found["kind"] = Sentence(zh="请选择交流类型。", en="Choose the kind of exchange.")
        if self.origin_school_id == self.host_school_id:
            found["host_school_id"] = Sentence(
                zh="派出学校和接收学校是同一所学校。按教师系统的填报要求，接收单位不能是原单位，请改为另一所学校。",
                en="The home school and the host school are the same. The national teacher system wants another unit to receive: choose another school.",
            )
        if self.ends_on < self.starts_on:
            found["ends_on"] = Sentence(
                zh="结束日期早于开始日期，请核对。", en="The end is before the start. Check both."
            )
        elif (self.ends_on - self.starts_on).days > LASTS_AT_MOST:
            found["ends_on"] = Sentence(
                zh="一次交流最长 6 年，请核对起止日期。",
                en="A placement lasts six years at most. Check both dates.",
            )
        if len(self.remark) > LONGEST:
            found["remark"] = too_long()
        return found

    def insist(self) -> None:
        """Raise Invalid with the first fault, if there is one."""
        for field, sentence in self.faults().items():
            raise Invalid(sentence, field=field)


def too_long() -> Sentence:
    """What is said of a text that is."""
    return Sentence(zh=f"最多 {LONGEST} 个字。", en=f"At most {LONGEST} characters.")
