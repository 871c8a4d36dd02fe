"""The parameters of a region's rules. The texts leave each of them open; what holds where nobody decided are the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from shared.errors import Invalid
from shared.text import Sentence

SETTINGS: Mapping[str, Sentence] = {
    "urban": Sentence(zh="城区学校", en="Urban schools"),
    "town": Sentence(zh="镇区学校", en="Town schools"),
    "rural": Sentence(zh="乡村学校", en="Rural schools"),
}
STAGES: Mapping[str, Sentence] = {
    "kindergarten": Sentence(zh="幼儿园", en="Kindergarten"),
    "primary": Sentence(zh="小学", en="Primary"),
    "junior": Sentence(zh="初中", en="Junior secondary"),
    "senior": Sentence(zh="高中", en="Senior secondary"),
}
#: Levels of backbone teachers, the lowest first.
BACKBONE: Mapping[str, Sentence] = {
    "school": Sentence(zh="校级及以上", en="School level and above"),
    "county": Sentence(zh="县级及以上", en="County level and above"),
    "city": Sentence(zh="市级及以上", en="City level and above"),
    "province": Sentence(zh="省级及以上", en="Province level and above"),
    "national": Sentence(zh="国家级", en="National level"),
}
COUNTING: Mapping[str, Sentence] = {
    "under_way": Sentence(
        zh="学年过半（开学半年）那一天在交流的，都计入这个学年",
        en="Whoever is placed on the day half a year after it begins counts in this school year",
    ),
    "begun": Sentence(
        zh="只计入开始的那个学年（开学前两个月内开始的算新学年）",
        en="Counts in the school year in which it begins alone (the two months before belong to the new one)",
    ),
}
NUMERATORS: Mapping[str, Sentence] = {
    "eligible": Sentence(zh="只计符合条件的教师", en="Eligible teachers alone"),
    "all": Sentence(
        zh="派出学校参加交流的教师都计", en="Every teacher of a sending school who was exchanged"
    ),
}
BACKBONE_OF: Mapping[str, Sentence] = {
    "exchanged": Sentence(zh="占交流教师", en="of those exchanged"),
    "eligible": Sentence(zh="占符合条件的教师", en="of those eligible"),
    "eligible_backbone": Sentence(zh="占符合条件的骨干教师", en="of the eligible backbone teachers"),
}
#: Degrees, the lowest first.
DEGREES: Mapping[str, Sentence] = {
    "中专": Sentence(zh="中专", en="Secondary vocational"),
    "专科": Sentence(zh="专科", en="Junior college"),
    "本科": Sentence(zh="本科", en="Bachelor"),
    "硕士": Sentence(zh="硕士研究生", en="Master"),
}
_KINDS = frozenset({"support_teaching", "job_shadowing", "rotation"})

#: Characters of a source or a reason; how many schools a region may name.
LONGEST, MOST_NAMED = 500, 2_000
_MONTHS = 12
#: Half a school year, and the holiday before one, in days.
_HALF, _HOLIDAY = 181, 62


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRules:
    """What a region wants. None: it wants nothing of the kind.

    Who sends: schools of these settings, and those named by their code; of these stages. Who is eligible: at the school for
    years, at most so old; whose post or title has none of the words `excluded`. What counts: these kinds, of so many months,
    in the year that `counting` says, by people whom `numerator` says. backbone: the lowest level that counts; backbone_of: the
    denominator of its share. Shares in percent. begins, snapshot: a day of each year, `MM-DD`: when the school year begins, and as
    of when teachers are counted. principal_*: after how many years a principal is due to move, and until which age. degree_*: the
    one required, above which teachers count; cv_*: the greatest coefficient of variation, least_*: the least per hundred pupils of
    indicators 1 to 3, both in hundredths. pupils_least: smaller teaching points are left out. arts: subjects of indicator 3.
    """

    senders: tuple[str, ...] = ("urban",)
    named: tuple[str, ...] = ()
    stages: tuple[str, ...] = ("primary", "junior")
    years: int | None = 6
    oldest_men: int | None = 50
    oldest_women: int | None = 45
    excluded: tuple[str, ...] = ("特岗", "实习", "见习")
    kinds: tuple[str, ...] = ("rotation", "support_teaching")
    months: int = 9
    counting: str = "under_way"
    numerator: str = "eligible"
    exchanged_share: int = 10
    backbone: str = "county"
    backbone_share: int = 20
    backbone_of: str = "exchanged"
    begins: str = "09-01"
    snapshot: str = "09-01"
    principal_posts: tuple[str, ...] = ("校长",)
    principal_years: int | None = 6
    principal_oldest_men: int | None = 55
    principal_oldest_women: int | None = 50
    degree_primary: str = "专科"
    degree_junior: str = "本科"
    cv_primary: int = 50
    cv_junior: int = 45
    least_primary: tuple[int, int, int] = (420, 100, 90)
    least_junior: tuple[int, int, int] = (530, 100, 90)
    pupils_least: int = 50
    arts: tuple[str, ...] = ("体育", "音乐", "美术", "艺术")
    rotation_source: str = "教师〔2014〕4号及所在区域的实施办法"
    support_source: str = "教师厅函〔2021〕12号"

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "RegionRules":
        """As `written` wrote them; parameters that are newer than a version have their defaults."""
        return msgspec.convert(dict(said), cls, strict=False)

    def written(self) -> dict[str, Any]:
        """As plain values."""
        found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        return found

    def days_of(self, year: int) -> tuple[date, date]:
        """The first and the last day of the school year that begins in `year`."""
        return _day(year, self.begins), _day(year + 1, self.begins) - timedelta(days=1)

    def snapshot_of(self, year: int) -> date:
        """As of when teachers are counted in that school year."""
        return _day(year if self.snapshot >= self.begins else year + 1, self.snapshot)

    def middle_of(self, year: int) -> date:
        """The day in the middle of that school year."""
        return self.days_of(year)[0] + timedelta(days=_HALF)

    def starts_within(self, year: int) -> tuple[date, date]:
        """Between which days a placement starts that begins in that school year."""
        first, last = self.days_of(year)
        return first - timedelta(days=_HOLIDAY), last - timedelta(days=_HOLIDAY)

    def backbone_levels(self) -> tuple[str, ...]:
        """The levels that count."""
        levels = tuple(BACKBONE)
        return levels[levels.index(self.backbone) :]

    def faults(self) -> dict[str, Sentence]:
        """What is wrong with them, by field."""
        found = self._outside()
        for field in ("begins", "snapshot"):
            if not _is_day(getattr(self, field)):
                found[field] = Sentence(zh="请写成月-日，例如 09-01。", en="A month and a day, as in 09-01.")
        for field, zh, en in (
            ("kinds", "至少选择一种交流。", "Choose at least one kind."),
            ("stages", "至少选择一个学段。", "Choose at least one stage."),
        ):
            if not getattr(self, field):
                found[field] = Sentence(zh=zh, en=en)
        if len(self.named) > MOST_NAMED:
            found["named"] = Sentence(
                zh=f"最多指定 {MOST_NAMED} 所学校。", en=f"At most {MOST_NAMED} schools are named."
            )
        if any(not 0 <= each <= 10_000 for each in (*self.least_primary, *self.least_junior)):  # noqa: PLR2004  a teacher for each pupil
            found["least_primary"] = Sentence(zh="请填写 0 到 100 的数。", en="A number from 0 to 100.")
        for field in ("rotation_source", "support_source"):
            if not getattr(self, field) or len(getattr(self, field)) > LONGEST:
                found[field] = Sentence(
                    zh="请写明依据的文件，最多 500 个字。", en="Name the document, in at most 500 characters."
                )
        return found

    def _outside(self) -> dict[str, Sentence]:
        """What is none of the choices, or out of range."""
        found: dict[str, Sentence] = {}
        for field, known in _CHOICES.items():
            said = getattr(self, field)
            if not set(said if isinstance(said, tuple) else (said,)) <= known:
                found[field] = Sentence(zh="请从选项中选择。", en="Choose among what is offered.")
        for field, (least, most) in _RANGES.items():
            said = getattr(self, field)
            if said is not None and not least <= said <= most:
                found[field] = Sentence(
                    zh=f"请填写 {least} 到 {most} 的数。", en=f"A number from {least} to {most}."
                )
        return found

    def insist(self) -> None:
        """Raise Invalid with the first fault, if there is one."""
        for field, sentence in self.faults().items():
            raise Invalid(sentence, field=field)


_CHOICES: Mapping[str, frozenset[str]] = {
    "senders": frozenset(SETTINGS),
    "stages": frozenset(STAGES),
    "kinds": _KINDS,
    "counting": frozenset(COUNTING),
    "numerator": frozenset(NUMERATORS),
    "backbone": frozenset(BACKBONE),
    "backbone_of": frozenset(BACKBONE_OF),
    "degree_primary": frozenset(DEGREES),
    "degree_junior": frozenset(DEGREES),
}
_RANGES: Mapping[str, tuple[int, int]] = {
    "years": (0, 40),
    "oldest_men": (25, 70),
    "oldest_women": (25, 70),
    "months": (1, 36),
    "exchanged_share": (0, 100),
    "backbone_share": (0, 100),
    "principal_years": (1, 40),
    "principal_oldest_men": (25, 70),
    "principal_oldest_women": (25, 70),
    "cv_primary": (1, 200),
    "cv_junior": (1, 200),
    "pupils_least": (0, 1_000),
}


def _day(year: int, said: str) -> date:
    return date(year, int(said[:2]), int(said[3:]))


def _is_day(said: str) -> bool:
    """Whether it is a day of every year, as `MM-DD`."""
    try:
        return len(said) == len("09-01") and said[2] == "-" and bool(_day(2001, said))
    except ValueError:
        return False
