"""The forms that hold where no region decided, and what the ratings come to: never a mean without saying of how many."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.exchange.appraisals.model import NAMED, Dimension, Form, Grade
from shared.auth import SIGNED_IN, Rule, holders

MAY: Mapping[str, Rule] = {
    "see": SIGNED_IN,
    "act": holders("administrator", "coordinator", "liaison", "teacher"),
    "forms": holders("administrator", "coordinator"),
}

#: Which parties of a placement do each verb; `rate` is for whoever is a rater of the form.
BY: Mapping[str, frozenset[str]] = {
    "report": frozenset({"teacher"}),
    "name": frozenset({"host"}),
    "gate": frozenset({"host"}),
    "decide": frozenset({"host", "host_region"}),
    "appeal": frozenset({"teacher"}),
    "answer": frozenset({"origin_region"}),
    "reward": frozenset({"origin_region", "home"}),
    "plan": frozenset({"origin_region", "home"}),
    "follow": frozenset({"home"}),
    "adopt": frozenset({"home"}),
}

#: Days in which a result can be appealed.
APPEALED_WITHIN = 15

#: By kind, where no region decided: an appraiser's usual dimensions.
DEFAULTS: Mapping[str, Form] = {
    "support_teaching": Form(
        dimensions=(
            Dimension(name="教学实绩", weight=40, roles=("host",)),
            Dimension(name="带动当地教师", weight=40, roles=("host", "mentee")),
            Dimension(name="协作教研", weight=20, roles=("peer",)),
        )
    ),
    "rotation": Form(
        dimensions=(
            Dimension(name="教学实绩", weight=50, roles=("host",)),
            Dimension(name="带动当地教师", weight=30, roles=("host", "peer")),
            Dimension(name="协作教研", weight=20, roles=("peer",)),
        )
    ),
    "job_shadowing": Form(
        dimensions=(
            Dimension(name="学习表现", weight=40, roles=("host",)),
            Dimension(name="带回的收获", weight=60, roles=("home",)),
        )
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one rater said. rater: the role, of a named person `peer:ID`."""

    rater: str
    scores: Mapping[str, int]

    @property
    def role(self) -> str:
        """As what they rated."""
        return self.rater.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """One dimension: the mean of its raters, how many they are, and how many are wanting. score: None of nobody."""

    name: str
    weight: int
    score: float | None
    n: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What it comes to. score: None while a dimension has nobody's rating. missing: raters who have not rated."""

    means: Sequence[Mean]
    score: float | None
    missing: tuple[str, ...]
    given: int


def expected(form: Form, named: Collection[tuple[str, str]]) -> tuple[str, ...]:
    """Who is to rate: one for each school and region of the form, and everybody named. named: role and id.

    A role of named people in which nobody is named is wanting as such.
    """
    found: list[str] = []
    for role in form.roles:
        people = sorted(f"{role}:{id_}" for each, id_ in named if each == role)
        found += people if role in NAMED and people else [role]
    return tuple(found)


def outcome(form: Form, named: Collection[tuple[str, str]], ratings: Sequence[Given]) -> Outcome:
    """Each dimension's mean over those who rated it, and the whole by the weights."""
    wanted = expected(form, named)
    rated = {each.rater for each in ratings}
    means: list[Mean] = []
    for each in form.dimensions:
        scores = [r.scores[each.name] for r in ratings if r.role in each.roles and each.name in r.scores]
        missing = [who for who in wanted if who.partition(":")[0] in each.roles and who not in rated]
        mean = sum(scores) / len(scores) if scores else None
        means.append(
            Mean(name=each.name, weight=each.weight, score=mean, n=len(scores), missing=len(missing))
        )
    whole = [each.score * each.weight for each in means if each.score is not None]
    score = sum(whole) / 100 if len(whole) == len(means) else None
    return Outcome(
        means=means,
        score=None if score is None else round(score, 2),
        missing=tuple(who for who in wanted if who not in rated),
        given=len(ratings),
    )


def grade_of(form: Form, score: float, *, gate: bool) -> Grade:
    """The grade of a score; whoever did not pass the gate has failed, whatever the score."""
    if not gate:
        return "failed"
    for level, grade in zip(form.levels, ("excellent", "good", "basic"), strict=True):
        if score >= level:
            return grade  # type: ignore[return-value]  # one of the grades
    return "failed"


def places(form: Form, appraised: int) -> int:
    """How many of so many may be excellent: one at least, so that a small county has one."""
    return max(1, appraised * form.excellent_share // 100) if form.excellent_share else 0
