"""What becomes of each row of a form: the placement that it would be, or the sentence that says why it is none."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.exchange.filings.model import Entry
from services.exchange.filings.policies import days_of
from services.exchange.placements.model import KINDS, LONGEST, Placement, Plan
from services.exchange.placements.queries.eligible import Candidate, Finding, Rules, missed
from shared.auth import covers
from shared.sheets.words import close
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class Place:
    """A school that a form may name."""

    id: UUID
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What a form is read against: the roster's schools and people by name, who is placed, whose regions, what is left out.

    rules: what a region wants of those whom it sends from a day on.
    """

    schools: Mapping[str, Place]
    people: Mapping[str, Sequence[tuple[UUID, str]]]
    facts: Mapping[UUID, Candidate]
    placed: Sequence[Placement]
    scopes: Collection[str]
    left_out: frozenset[str]
    rules: Callable[[str, date], Rules]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the form: the placement that it would become, or why it becomes none; and the rules that it misses.

    there: it was entered before, just so.
    """

    entry: Entry
    plan: Plan | None = None
    refused: Sentence | None = None
    findings: tuple[Finding, ...] = ()
    left_out: bool = False
    there: bool = False

    @property
    def taken(self) -> bool:
        """Whether it becomes a placement."""
        return self.plan is not None and self.refused is None and not self.left_out and not self.there


class _RefusedError(Exception):
    """A row cannot be taken; the sentence says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(zh=zh, en=en)


def decided(entries: Iterable[Entry], ground: Ground) -> Iterator[Row]:
    """Each row in its order; one that collides with an earlier row of the form is refused."""
    before: list[Plan] = []
    for entry in entries:
        out = entry.key in ground.left_out
        try:
            row = _row(entry, ground, before, out=out)
        except _RefusedError as refused:
            row = Row(entry=entry, refused=refused.sentence, left_out=out)
        if row.taken and row.plan:
            before.append(row.plan)
        yield row


def _row(entry: Entry, ground: Ground, before: Sequence[Plan], *, out: bool) -> Row:
    home, host = _schools(entry, ground)
    days = days_of(entry)
    if entry.kind not in KINDS:
        raise _RefusedError(
            "没有写明交流类型，或类型不是支教、跟岗、轮岗。", "The kind is missing or unknown."
        )
    if days is None:
        raise _RefusedError("没有写明起止年月。", "Its months are missing.")
    person = _person(entry, home, ground)
    plan = Plan(
        person_id=person.person_id,
        origin_school_id=home.id,
        host_school_id=host.id,
        kind=entry.kind,
        starts_on=days[0],
        ends_on=days[1],
        relation_moves=bool(entry.relation_moves),
        remark=entry.remark[:LONGEST],
    )
    for fault in plan.faults().values():
        raise _RefusedError(fault.zh, fault.en)
    held: list[Placement | Plan] = [*ground.placed, *before]
    others = [each for each in held if _collides(each, plan)]
    if any((o.host_school_id, o.kind, o.starts_on) == (host.id, plan.kind, plan.starts_on) for o in others):
        return Row(entry=entry, plan=plan, left_out=out, there=True)
    for other in others:
        kind = KINDS[other.kind]  # type: ignore[index]  # one of ours
        raise _RefusedError(
            f"{entry.name}在 {other.starts_on:%Y-%m} 起已有一次{kind.zh}，时间重叠。",
            f"{entry.name} is placed from {other.starts_on:%Y-%m} on already: the times overlap.",
        )
    rules = ground.rules(home.region, plan.starts_on)
    return Row(entry=entry, plan=plan, findings=tuple(missed(person, plan, rules=rules)), left_out=out)


def _collides(other: Placement | Plan, plan: Plan) -> bool:
    ends = other.last_on if isinstance(other, Placement) else other.ends_on
    return other.person_id == plan.person_id and other.starts_on <= plan.ends_on and ends >= plan.starts_on


def _schools(entry: Entry, ground: Ground) -> tuple[Place, Place]:
    """Home and host, two different schools of which one is theirs who ask."""
    found: list[Place] = []
    for said, zh, en in ((entry.home, "原单位", "home school"), (entry.host, "接收单位", "host school")):
        if not said:
            raise _RefusedError(f"没有写{zh}。", f"The {en} is missing.")
        place = ground.schools.get(close(said))
        if place is None:
            raise _RefusedError(
                f"名录里没有{zh}“{said}”，请核对校名。", f"The directory has no {en} “{said}”."
            )
        found.append(place)
    home, host = found
    if home.id == host.id:
        raise _RefusedError(
            f"原单位和接收单位是同一所学校（{home.name}）。教师系统要求接收单位不同于原单位，请改正后再登记。",
            f"Home and host are the same school ({home.name}). The national teacher system wants another unit to receive: put it right.",
        )
    if not any(covers(scope, region=place.region) for scope in ground.scopes for place in found):
        raise _RefusedError("两所学校都不在你负责的区域。", "Neither school lies in a region of yours.")
    return home, host


def _person(
    entry: Entry,
    home: Place,
    ground: Ground,
) -> Candidate:
    """Who of the roster it is: by name and school, and by the digits where there are any. Never guessed."""
    called = [
        (ground.facts[id_], digits)
        for id_, digits in ground.people.get(close(entry.name), ())
        if id_ in ground.facts
    ]
    here = [(one, digits) for one, digits in called if one.school_id == home.id]
    exact = [one for one, digits in here if not entry.last4 or digits.upper() == entry.last4.upper()]
    if len(exact) == 1:
        if exact[0].left:
            raise _RefusedError(
                f"按名录，{entry.name}已离开{home.name}，不能登记。",
                f"By the directory {entry.name} has left {home.name}.",
            )
        return exact[0]
    if len(exact) > 1:
        raise _RefusedError(
            f"{home.name}有 {len(exact)} 位{entry.name}，请补上身份证后四位。",
            f"{home.name} has {len(exact)} people called {entry.name}: give the last four digits of the id.",
        )
    if here:
        raise _RefusedError(
            f"{home.name}的{entry.name}，身份证后四位与名录不一致，请核对。",
            f"The last four digits of {entry.name} at {home.name} are not those of the directory.",
        )
    if any(digits.upper() == entry.last4.upper() for _, digits in called if entry.last4):
        raise _RefusedError(
            f"按名录，{entry.name}不在{home.name}。请核对原单位，或先在名录中更正。",
            f"By the directory {entry.name} is not at {home.name}. Check the home school, or put the directory right first.",
        )
    raise _RefusedError(
        f"名录里没有{home.name}的{entry.name}。请先导入花名册，或核对姓名。",
        f"The directory has no {entry.name} at {home.name}. Import the roster first, or check the name.",
    )
