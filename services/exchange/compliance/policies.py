"""The verdict: what the numbers of a school year mean under a region's rules. Pure, and exact: percent of whole people."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Literal

from services.exchange.rules.model import RegionRules
from shared.auth import Rule, covers, holders, readers
from shared.text import Sentence

#: met and missed; None where the denominator is empty: the rule is not applicable, which is never met.
Answer = Literal["met", "missed", "not_applicable"]

MAY: Mapping[str, Rule] = {
    "see": readers("administrator", "coordinator"),
    "close": holders("administrator", "coordinator"),
}


def may_reopen(region: str, scopes: Collection[str]) -> bool:
    """Whether who looks after these scopes may open a county's closed year again: those above it alone, not the county itself."""
    return any(covers(scope, region=f"{region[:4]}00") for scope in scopes)


ANSWERS: Mapping[Answer, Sentence] = {
    "met": Sentence(zh="达标", en="Met"),
    "missed": Sentence(zh="未达标", en="Missed"),
    "not_applicable": Sentence(zh="不适用", en="Not applicable"),
}

#: Why somebody is not eligible, in the order in which it is asked.
REASONS: Mapping[str, Sentence] = {
    "school": Sentence(zh="所在学校不是规定的派出学校", en="the school is none that sends"),
    "stage": Sentence(zh="不在规定的学段", en="not of a stage that counts"),
    "principal": Sentence(zh="校长另按校长规定", en="principals have rules of their own"),
    "post": Sentence(zh="岗位不参加交流", en="a post that is not exchanged"),
    "later": Sentence(zh="统计日以后才到校", en="came after the day of counting"),
    "years": Sentence(zh="在校年限不够", en="not long enough at the school"),
    "age": Sentence(zh="超过规定年龄", en="beyond the age"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many people there are behind each number, of a school or of several.

    exchanged: those who count, backbone: of these. planned: agreed to and not begun. beside: exchanged by the kinds that count,
    but not eligible. unknown: counted as eligible though the directory lacks what would say so. principals, due: to move.
    """

    teachers: int = 0
    eligible: int = 0
    eligible_backbone: int = 0
    exchanged: int = 0
    backbone: int = 0
    planned: int = 0
    planned_backbone: int = 0
    beside: int = 0
    unknown: int = 0
    principals: int = 0
    due: int = 0

    @classmethod
    def sum(cls, some: Iterable["Figures"]) -> "Figures":
        """All of them together."""
        rows = list(some)
        return cls(**{each.name: sum(getattr(row, each.name) for row in rows) for each in fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One rule: so many of so many, against the percentage that is wanted. lacks: how many more people would meet it."""

    part: int
    whole: int
    wanted: int
    answer: Answer
    lacks: int

    @property
    def percent(self) -> float | None:
        """The share in percent; None of nobody."""
        return self.part * 100 / self.whole if self.whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Both rules and what follows. foretold: the same once everybody who is agreed to has gone."""

    exchanged: Share
    backbone: Share
    answer: Answer
    foretold: Answer


def verdict(figures: Figures, rules: RegionRules) -> Verdict:
    """What the numbers mean. No eligible teachers: not applicable. Nobody exchanged: the second rule has nobody to ask of."""
    exchanged, backbone = shares(figures, rules)
    later = shares(_gone(figures), rules)
    return Verdict(
        exchanged=exchanged,
        backbone=backbone,
        answer=_both(exchanged.answer, backbone.answer),
        foretold=_both(later[0].answer, later[1].answer),
    )


def shares(figures: Figures, rules: RegionRules) -> tuple[Share, Share]:
    """Of the eligible those exchanged, and of the denominator that the rules want the backbone teachers."""
    whole = {
        "exchanged": figures.exchanged,
        "eligible": figures.eligible,
        "eligible_backbone": figures.eligible_backbone,
    }[rules.backbone_of]
    growing = rules.backbone_of == "exchanged"
    return (
        _share(figures.exchanged, figures.eligible, rules.exchanged_share, growing=False),
        _share(figures.backbone, whole, rules.backbone_share, growing=growing),
    )


def foretold_lacks(figures: Figures, rules: RegionRules) -> tuple[int, int]:
    """How many more teachers, and how many more backbone teachers, are wanting once all that is agreed to has come to be."""
    exchanged, backbone = shares(_gone(figures), rules)
    return exchanged.lacks, backbone.lacks


def _gone(figures: Figures) -> Figures:
    """As if everybody who is agreed to had gone."""
    return Figures(
        eligible=figures.eligible,
        eligible_backbone=figures.eligible_backbone,
        exchanged=figures.exchanged + figures.planned,
        backbone=figures.backbone + figures.planned_backbone,
    )


def _share(part: int, whole: int, wanted: int, *, growing: bool) -> Share:
    """growing: whoever is added to the part is added to the whole."""
    if not whole:
        return Share(part=part, whole=0, wanted=wanted, answer="not_applicable", lacks=0)
    missing = wanted * whole - 100 * part
    if missing <= 0:
        return Share(part=part, whole=whole, wanted=wanted, answer="met", lacks=0)
    each = max(1, 100 - wanted) if growing else 100
    return Share(part=part, whole=whole, wanted=wanted, answer="missed", lacks=-(-missing // each))


def _both(exchanged: Answer, backbone: Answer) -> Answer:
    """Not applicable where nobody is eligible; met where no rule is missed."""
    if exchanged == "not_applicable":
        return "not_applicable"
    return "missed" if "missed" in (exchanged, backbone) else "met"
