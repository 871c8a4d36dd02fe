"""What an agreement says: frozen, with one canonical form, so that the same said in another order is the same."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from services.exchange.placements.model import KINDS
from shared.errors import Invalid
from shared.text import Sentence

STAGES: Mapping[str, Sentence] = {
    "": Sentence(zh="不限学段", en="any stage"),
    "primary": Sentence(zh="小学", en="primary"),
    "junior": Sentence(zh="初中", en="junior"),
    "senior": Sentence(zh="高中", en="senior"),
    "kindergarten": Sentence(zh="幼儿园", en="kindergarten"),
}

#: What somebody who is placed is to have done, as an agreement counts it.
TARGETS: Mapping[str, Sentence] = {
    "demonstration_lesson": Sentence(zh="示范课", en="demonstration lessons"),
    "lecture": Sentence(zh="专题讲座", en="lectures"),
    "joint_preparation": Sentence(zh="集体备课", en="joint preparations"),
    "mentoring_hours": Sentence(zh="带教课时", en="mentoring hours"),
}

LONGEST, MOST_LINES, _WHOLE = 200, 50, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How many go, of one kind. stage, subject: empty for any. until: of this line alone, where it ends earlier or later."""

    kind: str
    number: int
    stage: str = ""
    subject: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What is appraised, and how much it weighs, of a hundred."""

    name: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All of an agreement. subsidies: integer fen for a person and month, by kind. notice_days: before it may end early.

    criteria, home_duties, host_duties: a sentence each. targets: how many of each somebody is to have done in a school year.
    """

    title: str
    starts_on: date
    ends_on: date
    lines: tuple[Line, ...] = ()
    criteria: tuple[str, ...] = ()
    home_duties: tuple[str, ...] = ()
    host_duties: tuple[str, ...] = ()
    targets: Mapping[str, int] = field(default_factory=dict)
    dimensions: tuple[Dimension, ...] = ()
    subsidies: Mapping[str, int] = field(default_factory=dict)
    notice_days: int = 30

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Terms":
        """As `written` wrote them."""
        return msgspec.convert(dict(said), cls, strict=False)

    def written(self) -> dict[str, Any]:
        """As plain values."""
        found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        return found

    def canonical(self) -> bytes:
        """The one form of the same terms: keys and conditions in order, texts composed, no space between."""
        return json.dumps(
            _ordered(self.written()), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()

    @property
    def sha256(self) -> str:
        """What an approval is bound to."""
        return hashlib.sha256(self.canonical()).hexdigest()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of exchange that are agreed."""
        return frozenset(line.kind for line in self.lines)

    def faults(self) -> dict[str, Sentence]:
        """What is wrong with them, by field."""
        found: dict[str, Sentence] = {}
        if not self.title or len(self.title) > LONGEST:
            found["title"] = Sentence(
                zh="请填写名称，最多 200 个字。", en="Give a title of at most 200 characters."
            )
        if self.ends_on < self.starts_on:
            found["ends_on"] = Sentence(zh="结束日期早于开始日期。", en="The end is before the start.")
        if not self.lines:
            found["lines"] = Sentence(zh="至少写一行人数。", en="Say at least one number of people.")
        for line in self.lines:
            if line.kind not in KINDS or line.stage not in STAGES or not 0 < line.number <= 1_000:  # noqa: PLR2004  nobody sends more
                found["lines"] = Sentence(
                    zh="每一行要有类型和 1 到 1000 的人数。",
                    en="Each line has a kind and a number from 1 to 1000.",
                )
        if len(self.lines) > MOST_LINES:
            found["lines"] = Sentence(zh="最多 50 行。", en="At most 50 lines.")
        if self.dimensions and sum(each.weight for each in self.dimensions) != _WHOLE:
            found["dimensions"] = Sentence(
                zh=f"权重合计要等于 100，现在是 {sum(each.weight for each in self.dimensions)}。",
                en=f"The weights make 100; now they make {sum(each.weight for each in self.dimensions)}.",
            )
        if any(amount < 0 for amount in self.subsidies.values()):
            found["subsidies"] = Sentence(zh="补助不能是负数。", en="A subsidy is not negative.")
        if not 0 <= self.notice_days <= 365:  # noqa: PLR2004  a year
            found["notice_days"] = Sentence(zh="提前告知 0 到 365 天。", en="Notice is from 0 to 365 days.")
        return found

    def insist(self) -> None:
        """Raise Invalid with the first fault, if there is one."""
        for name, sentence in self.faults().items():
            raise Invalid(sentence, field=name)


def _ordered(value: Any) -> Any:  # noqa: ANN401  JSON
    """Lists sorted by what they hold, texts in NFC with single spaces; None and empty parts left out."""
    if isinstance(value, dict):
        return {
            key: ordered
            for key, each in value.items()
            if (ordered := _ordered(each)) not in (None, "", [], {})
        }
    if isinstance(value, list):
        parts = [_ordered(each) for each in value]
        return sorted(parts, key=lambda part: json.dumps(part, ensure_ascii=False, sort_keys=True))
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split())
    return value
