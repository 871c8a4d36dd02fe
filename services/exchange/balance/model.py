"""What is compared between schools, and what comes of it. Nothing of it is stored but with the closing of a year."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.text import Sentence

#: Indicators 1 to 3, in the order of the document.
INDICATORS: Mapping[str, Sentence] = {
    "degree": Sentence(
        zh="每百名学生拥有高于规定学历教师数", en="Teachers above the required degree per 100 pupils"
    ),
    "backbone": Sentence(zh="每百名学生拥有县级以上骨干教师数", en="Backbone teachers per 100 pupils"),
    "arts": Sentence(zh="每百名学生拥有体育、艺术专任教师数", en="PE and arts teachers per 100 pupils"),
}

#: Why a school is left out of the comparison.
LEFT_OUT: Mapping[str, Sentence] = {
    "pupils": Sentence(zh="名录没有学生数", en="the directory has no number of pupils"),
    "split": Sentence(zh="没有分学段的学生数", en="pupils are not counted by stage"),
    "stages": Sentence(zh="有教师没有写明学段", en="some teachers are of no stage"),
    "small": Sentence(zh="学生太少的教学点", en="a teaching point with too few pupils"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolStage:
    """A school as one stage of it is compared. left_out: why it is not, or empty. have: how many of each indicator."""

    school_id: str
    name: str
    stage: str
    pupils: int
    have: tuple[int, int, int]
    left_out: str = ""

    def per_hundred(self, indicator: int) -> float:
        """So many per 100 pupils."""
        return self.have[indicator] * 100 / self.pupils if self.pupils else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One indicator of one stage. value: None where there is nothing to compare. mean: per 100 pupils. below: schools under the least."""

    stage: str
    indicator: str
    value: float | None
    limit: float
    mean: float | None
    least: float
    below: int
    schools: int

    @property
    def answer(self) -> str:
        """met, missed, or not_applicable where there is nothing to compare."""
        if self.value is None:
            return "not_applicable"
        return "met" if self.value <= self.limit else "missed"
