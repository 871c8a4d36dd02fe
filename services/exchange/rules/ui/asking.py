"""The blueprint, and what parameters are called and said."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from services.exchange.placements.model import KINDS
from services.exchange.rules.model import (
    BACKBONE,
    BACKBONE_OF,
    COUNTING,
    DEGREES,
    NUMERATORS,
    SETTINGS,
    STAGES,
)
from services.exchange.rules.queries import regions_named
from shared.errors import NotFound
from shared.text import Sentence
from shared.web.rendering import say, t

blueprint = Blueprint(
    "rules", "services.exchange.rules.ui", url_prefix="/exchange/rules", template_folder="../../templates"
)

Page = str | tuple[str, int]

#: What each parameter is called, in the order in which a page says them.
FIELDS: Mapping[str, Sentence] = {
    "senders": Sentence(zh="派出学校", en="Which schools send"),
    "named": Sentence(zh="另外指定的派出学校（学校代码）", en="Schools that send besides (their codes)"),
    "stages": Sentence(zh="学段", en="Stages"),
    "years": Sentence(zh="在校满几年", en="Years at the school"),
    "oldest_men": Sentence(zh="男教师不超过几岁", en="Men up to"),
    "oldest_women": Sentence(zh="女教师不超过几岁", en="Women up to"),
    "excluded": Sentence(zh="不参加交流的岗位（字样）", en="Posts that are not exchanged (words)"),
    "kinds": Sentence(zh="计入的交流类型", en="Kinds that count"),
    "months": Sentence(zh="至少几个月", en="Months at least"),
    "counting": Sentence(zh="计入哪个学年", en="The year in which it counts"),
    "numerator": Sentence(zh="计入哪些人", en="Who counts"),
    "exchanged_share": Sentence(zh="交流占符合条件教师不低于（%）", en="Exchanged of those eligible, at least (%)"),
    "backbone": Sentence(zh="骨干教师", en="Backbone teachers"),
    "backbone_share": Sentence(zh="骨干占比不低于（%）", en="Backbone share, at least (%)"),
    "backbone_of": Sentence(zh="骨干占比的分母", en="Backbone share is"),
    "begins": Sentence(zh="学年开始（月-日）", en="The school year begins (month-day)"),
    "snapshot": Sentence(zh="统计日（月-日）", en="Counted on (month-day)"),
    "principal_posts": Sentence(zh="算作校长的职务", en="Posts that are principals"),
    "principal_years": Sentence(zh="校长满几年应交流", en="A principal moves after (years)"),
    "principal_oldest_men": Sentence(zh="男校长不超过几岁", en="Men among principals up to"),
    "principal_oldest_women": Sentence(zh="女校长不超过几岁", en="Women among principals up to"),
    "degree_primary": Sentence(zh="小学规定学历", en="Required degree, primary"),
    "degree_junior": Sentence(zh="初中规定学历", en="Required degree, junior"),
    "least_primary": Sentence(zh="小学每百名学生至少（高学历 骨干 体育艺术）", en="Primary, per 100 pupils at least (degree, backbone, arts)"),
    "least_junior": Sentence(zh="初中每百名学生至少（高学历 骨干 体育艺术）", en="Junior, per 100 pupils at least (degree, backbone, arts)"),
    "cv_primary": Sentence(zh="小学差异系数上限", en="Greatest coefficient, primary"),
    "cv_junior": Sentence(zh="初中差异系数上限", en="Greatest coefficient, junior"),
    "pupils_least": Sentence(zh="少于多少学生不参加比较", en="Not compared below (pupils)"),
    "arts": Sentence(zh="体育艺术学科（字样）", en="PE and arts subjects (words)"),
    "rotation_source": Sentence(zh="轮岗的依据", en="Source, for rotation"),
    "support_source": Sentence(zh="支教的依据", en="Source, for support teaching"),
}  # fmt: skip

#: What codes of a parameter are called.
CHOICES: Mapping[str, Mapping[str, Sentence]] = {
    "senders": SETTINGS,
    "stages": STAGES,
    "kinds": {str(code): word for code, word in KINDS.items()},
    "counting": COUNTING,
    "numerator": NUMERATORS,
    "backbone": BACKBONE,
    "backbone_of": BACKBONE_OF,
    "degree_primary": DEGREES,
    "degree_junior": DEGREES,
}
_HUNDREDTHS = frozenset({"cv_primary", "cv_junior", "least_primary", "least_junior"})

#: How the page groups them.
GROUPS: tuple[tuple[Sentence, tuple[str, ...]], ...] = (
    (Sentence(zh="派出学校和符合条件的教师", en="Who sends, and who is eligible"), ("senders", "named", "stages", "years", "oldest_men", "oldest_women", "excluded")),
    (Sentence(zh="计入什么", en="What counts"), ("kinds", "months", "counting", "numerator", "begins", "snapshot")),
    (Sentence(zh="比例", en="Shares"), ("exchanged_share", "backbone", "backbone_share", "backbone_of")),
    (Sentence(zh="校长", en="Principals"), ("principal_posts", "principal_years", "principal_oldest_men", "principal_oldest_women")),
    (Sentence(zh="优质均衡指标 1–3", en="Indicators 1 to 3 of balance"), ("degree_primary", "degree_junior", "least_primary", "least_junior", "cv_primary", "cv_junior", "pupils_least", "arts")),
    (Sentence(zh="依据的文件", en="Documents"), ("rotation_source", "support_source")),
)  # fmt: skip


def spoken(field: str, value: Any) -> str:  # noqa: ANN401  a parameter
    """A value as people say it."""
    if value is None:
        return t("不限", "no limit")
    if isinstance(value, tuple | list):
        return t("、", ", ").join(spoken(field, each) for each in value) or t("没有", "none")
    if field in _HUNDREDTHS:
        return f"{value / 100:.2f}"
    word = CHOICES.get(field, {}).get(str(value))
    return say(word) if word else str(value)


def named_region(db: Session, region: str) -> Sentence:
    """What a region is called. Raises NotFound for what is none."""
    found = regions_named(db, [region]).get(region)
    if found is None:
        raise NotFound(Sentence(zh="没有这个区域。", en="There is no such region."))
    return found
