"""Who is what to a placement, who may knock at which door, and who may be placed by which rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.exchange.placements.model import Note, Party, Plan
from shared.auth import SIGNED_IN, Grant, Role, Rule, covers, holders
from shared.text import Sentence

Door = Literal["see", "propose", "step", "file"]

#: Who looks after regions; who answers for schools. What they see and do lies in the scopes of these grants.
KEEPERS: tuple[Role, ...] = ("administrator", "coordinator")
SCHOOLS: tuple[Role, ...] = ("liaison",)

#: The whole table: door and rule. The routes, and the pages that offer the verbs, ask here.
MAY: Mapping[Door, Rule] = {
    "see": SIGNED_IN,
    "propose": holders(*KEEPERS, *SCHOOLS, "teacher"),
    "step": holders(*KEEPERS, *SCHOOLS, "teacher"),
    "file": holders(*KEEPERS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: the scopes that they look after or audit, the schools that they answer for, and who they are in the roster."""

    scopes: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    schools: frozenset[UUID] = frozenset()
    person_id: UUID | None = None

    @classmethod
    def of(cls, grants: Iterable[Grant], *, person_id: UUID | None) -> "Asker":
        """By somebody's grants."""
        held = tuple(grants)
        scopes = frozenset(grant.scope for grant in held if grant.role in KEEPERS)
        audits = frozenset(grant.scope for grant in held if grant.role == "auditor")
        schools = frozenset(
            UUID(grant.scope.removeprefix("school:"))
            for grant in held
            if grant.role in SCHOOLS and grant.scope.startswith("school:")
        )
        return cls(scopes=scopes, read=scopes | audits, schools=schools, person_id=person_id)

    def parties(
        self,
        *,
        person_id: UUID,
        origin_school_id: UUID,
        host_school_id: UUID,
        origin_region: str,
        host_region: str,
    ) -> frozenset[Party]:
        """What they are to a placement."""
        found: set[Party] = set()
        if self.person_id == person_id:
            found.add("teacher")
        if origin_school_id in self.schools:
            found.add("home")
        if host_school_id in self.schools:
            found.add("host")
        if any(covers(scope, region=origin_region) for scope in self.scopes):
            found.add("origin_region")
        if any(covers(scope, region=host_region) for scope in self.scopes):
            found.add("host_region")
        return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a region wants of those whom it sends, from a day on. None: it wants nothing of the kind.

    years: at least so long at the school before a rotation. oldest_men, oldest_women: at most so old, in years. months: support
    teaching lasts at least so many. excluded: words of a post or title with which nobody is sent. sources: where it is written.
    """

    years: int | None = 6
    oldest_men: int | None = 50
    oldest_women: int | None = 45
    months: int | None = 9
    excluded: tuple[str, ...] = ("特岗", "实习", "见习")
    rotation_source: str = "教师〔2014〕4号及所在区域的实施办法"
    support_source: str = "教师厅函〔2021〕12号"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the roster says of somebody; facts that it lacks are empty. birth, since: `YYYY-MM`."""

    person_id: UUID
    name: str
    school_id: UUID | None
    sex: str = ""
    birth: str = ""
    since: str = ""
    post: str = ""
    title: str = ""
    backbone: str = "none"
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that a placement does not meet. refuses: it keeps who types it; what is only on file comes in with the note."""

    note: Note
    field: str
    refuses: bool = True


def eligibility(candidate: Candidate, plan: Plan, rules: Rules) -> list[Finding]:
    """Every dated rule that is not met, the graver first."""
    found: list[Finding] = []
    if plan.kind == "support_teaching":
        found += _support(candidate, plan, rules)
    if plan.kind == "rotation":
        found += _rotation(candidate, plan, rules)
    return sorted(found, key=lambda each: not each.refuses)


def standing(candidate: Candidate | None, plan: Plan) -> tuple[Sentence, str] | None:
    """Why somebody cannot be sent from that school at all, and the field at fault: what no region's rule decides."""
    if candidate is None:
        return (
            Sentence(zh="名录里没有这位教师。", en="The directory has nobody like that."),
            "person_id",
        )
    if candidate.left:
        return (
            Sentence(
                zh=f"{candidate.name}已离开名录中的学校，不能派出。",
                en=f"{candidate.name} has left the school, by the directory.",
            ),
            "person_id",
        )
    if candidate.school_id != plan.origin_school_id:
        return (
            Sentence(
                zh=f"按名录，{candidate.name}不在这所派出学校。请核对学校，或先在名录中更正。",
                en=f"By the directory {candidate.name} does not work at this home school. Check the school, or put the directory right first.",
            ),
            "origin_school_id",
        )
    return None


def _support(candidate: Candidate, plan: Plan, rules: Rules) -> list[Finding]:
    source, found = rules.support_source, list[Finding]()
    if plan.relation_moves:
        found.append(
            _finding(
                "support.relation",
                "relation_moves",
                source,
                zh="支教期间人事关系留在派出学校，请把“人事关系调动”改为“否”。",
                en="During support teaching the personnel relation stays with the home school: it does not move.",
            )
        )
    if any(word in f"{candidate.post}{candidate.title}" for word in rules.excluded):
        found.append(
            _finding(
                "support.regular",
                "person_id",
                source,
                zh=f"{candidate.name}是{candidate.post or candidate.title}，特岗教师、实习和见习人员不参加支教。",
                en=f"{candidate.name} is {candidate.post or candidate.title}: special-post teachers, interns and probationers are not sent.",
            )
        )
    if rules.months and months_between(plan.starts_on, plan.ends_on) < rules.months:
        found.append(
            _finding(
                "support.term",
                "ends_on",
                source,
                zh=f"支教为一学年，至少 {rules.months} 个月。",
                en=f"Support teaching is for one school year: at least {rules.months} months.",
            )
        )
    if candidate.backbone == "none":
        found.append(
            _finding(
                "support.backbone",
                "person_id",
                source,
                refuses=False,
                zh=f"支教教师原则上是骨干教师；名录中{candidate.name}不是。",
                en=f"Support teaching is for backbone teachers, in principle; by the directory {candidate.name} is none.",
            )
        )
    return found


def _rotation(candidate: Candidate, plan: Plan, rules: Rules) -> list[Finding]:
    source, found = rules.rotation_source, list[Finding]()
    start = f"{plan.starts_on:%Y-%m}"
    if rules.years and candidate.since and (years := _years(candidate.since, start)) < rules.years:
        found.append(
            _finding(
                "rotation.years",
                "person_id",
                source,
                zh=f"{candidate.name}到 {start} 在本校任教 {years} 年，不满 {rules.years} 年。",
                en=f"{candidate.name} will have been at the school for {years} years by {start}; {rules.years} are wanted.",
            )
        )
    oldest = {"男": rules.oldest_men, "女": rules.oldest_women}.get(candidate.sex)
    oldest = oldest or {"male": rules.oldest_men, "female": rules.oldest_women}.get(candidate.sex)
    if oldest and candidate.birth and (age := _years(candidate.birth, start)) > oldest:
        found.append(
            _finding(
                "rotation.age",
                "person_id",
                source,
                zh=f"{candidate.name}到 {start} 满 {age} 岁，超过 {oldest} 岁。",
                en=f"{candidate.name} will be {age} by {start}; the rule ends at {oldest}.",
            )
        )
    if rules.years and not candidate.since:
        found.append(
            _finding(
                "rotation.since",
                "person_id",
                source,
                refuses=False,
                zh=f"名录没有{candidate.name}的到校年月，不能核对任教年限。",
                en=f"The directory does not say since when {candidate.name} is at the school: the years cannot be checked.",
            )
        )
    return found


def _finding(rule: str, field: str, source: str, *, zh: str, en: str, refuses: bool = True) -> Finding:
    return Finding(note=Note(rule=rule, zh=zh, en=en, source=source), field=field, refuses=refuses)


def _years(since: str, until: str) -> int:
    """Whole years between two months, `YYYY-MM`."""
    begun, ended = (int(text[:4]) * 12 + int(text[5:7] or 1) for text in (since, until))
    return max(0, (ended - begun) // 12)


def months_between(first: date, last: date) -> int:
    """Whole months from the first day to the last, both counted."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months + (last.day >= first.day - 1)
