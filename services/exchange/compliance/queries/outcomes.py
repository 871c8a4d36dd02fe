"""What the rules say of each person of a school year, as one select: the roll, asked anew, or what a closing fixed.

The columns are person_id, region_code, school_id (held to the rules for this person), works_at, why (empty: eligible), exchanged,
senior, principal, due, unknown, placement_id and FACTS. 1 and 0 stand for yes and no, which both databases sum.
"""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from services.exchange.compliance.model import RollEntry
from services.exchange.placements.model import Placement
from services.exchange.rules.model import RegionRules
from shared.contracts.directory import TAUGHT
from shared.roster import roster_schools

#: States in which somebody is there, or was; in which somebody is to go.
GONE = ("active", "midterm", "returned", "appraised", "closed", "ended_early")
_TO_GO = ("agreed",)

#: The words of the directory for men and for women.
_MEN, _WOMEN = ("男", "male"), ("女", "female")
#: Of these a rule says nothing of who is exchanged, whomever it counts.
_NEVER = ("school", "stage", "principal")

#: What the directory said of somebody, which lists show.
FACTS = ("post", "subject", "backbone", "since", "birth")


def outcomes(
    year: int, groups: Sequence[tuple[RegionRules, Collection[str]]], closed: Collection[str]
) -> sa.Subquery:
    """Of every county in these groups, by the rules of the group, and of the closed ones."""
    parts: list[sa.Select[*tuple[Any, ...]]] = [
        _asked(year, rules, codes) for rules, codes in groups if codes
    ]
    if closed or not parts:
        parts.append(_fixed(year, closed))
    return (sa.union_all(*parts) if len(parts) > 1 else parts[0]).subquery("outcomes")


def counted(year: int, rules: RegionRules) -> sa.Subquery:
    """The one placement of each person that counts in the year: of those who went rather than of those who are to go."""
    last = sa.func.coalesce(Placement.left_on, Placement.ends_on)
    first = Placement.starts_on
    whole = sa.case((sa.extract("day", last) >= sa.extract("day", first) - 1, 1), else_=0)
    months = (
        (sa.extract("year", last) - sa.extract("year", first)) * 12
        + sa.extract("month", last)
        - sa.extract("month", first)
        + whole
    )
    if rules.counting == "begun":
        earliest, latest = rules.starts_within(year)
        during = sa.and_(first >= earliest, first <= latest)
    else:
        middle = rules.middle_of(year)
        during = sa.and_(first <= middle, last >= middle)
    gone = sa.case((Placement.state.in_(GONE), 1), else_=0)
    ranked = (
        sa.select(
            Placement.person_id,
            Placement.id.label("placement_id"),
            Placement.origin_school_id,
            gone.label("gone"),
            sa.func.row_number()
            .over(partition_by=Placement.person_id, order_by=(gone.desc(), first, Placement.id))
            .label("rank"),
        )
        .where(
            Placement.taking,
            Placement.kind.in_(rules.kinds),
            Placement.state.in_((*GONE, *_TO_GO)),
            during,
            months >= rules.months,
        )
        .subquery("ranked")
    )
    return sa.select(ranked).where(ranked.c.rank == 1).subquery("counted")


def _asked(year: int, rules: RegionRules, codes: Collection[str]) -> sa.Select[*tuple[Any, ...]]:
    """The rules, asked of the roll as it is."""
    schools, roll, gone = roster_schools.c, RollEntry, counted(year, rules)
    moves = gone.c
    sender = sa.func.coalesce(moves.origin_school_id, roll.school_id)
    principal = sa.and_(roll.post.in_(rules.principal_posts), sa.not_(_other_stage(rules)))
    why = _why(
        year,
        rules,
        principal,
        moved=sa.and_(moves.origin_school_id.is_not(None), moves.origin_school_id != roll.school_id),
    )
    eligible = sa.or_(why == "", sa.and_(sa.literal(rules.numerator == "all"), why.not_in(_NEVER)))
    exchanged = sa.case(
        (moves.placement_id.is_(None), ""),
        (sa.not_(eligible), "beside"),
        (moves.gone == 1, "yes"),
        else_="planned",
    )
    levels = rules.backbone_levels()
    snapshot = f"{rules.snapshot_of(year):%Y-%m}"
    due = sa.and_(
        principal,
        roll.since != "",
        roll.since <= _earlier(snapshot, rules.principal_years or 0),
        sa.not_(_too_old(snapshot, rules.principal_oldest_men, rules.principal_oldest_women)),
        moves.placement_id.is_(None),
        sa.literal(rules.principal_years is not None),
    )
    return (
        sa.select(
            roll.person_id,
            schools.region_code,
            sender.label("school_id"),
            roll.school_id.label("works_at"),
            why.label("why"),
            exchanged.label("exchanged"),
            _one(roll.backbone.in_(levels)).label("senior"),
            _one(principal).label("principal"),
            _one(due).label("due"),
            _one(sa.and_(why == "", sa.or_(roll.since == "", roll.birth == ""))).label("unknown"),
            moves.placement_id,
            *(getattr(roll, fact) for fact in FACTS),
        )
        .select_from(roll)
        .outerjoin(gone, moves.person_id == roll.person_id)
        .join(roster_schools, schools.school_id == sender)
        .where(roll.year == year, schools.region_code.in_(sorted(codes)))
    )


def _fixed(year: int, codes: Collection[str]) -> sa.Select[*tuple[Any, ...]]:
    """What the closing wrote."""
    roll = RollEntry
    return sa.select(
        roll.person_id,
        roll.region_code,
        roll.sender_id.label("school_id"),
        roll.school_id.label("works_at"),
        roll.why,
        roll.exchanged,
        _one(roll.senior).label("senior"),
        _one(roll.principal).label("principal"),
        _one(roll.due).label("due"),
        _one(sa.and_(roll.why == "", sa.or_(roll.since == "", roll.birth == ""))).label("unknown"),
        roll.placement_id,
        *(getattr(roll, fact) for fact in FACTS),
    ).where(roll.year == year, roll.region_code.in_(sorted(codes)))


def _why(
    year: int, rules: RegionRules, principal: sa.ColumnElement[bool], *, moved: sa.ColumnElement[bool]
) -> sa.ColumnElement[str]:
    """The first rule that keeps somebody from being eligible. moved: the personnel relation went along, and with it `since`.

    Months are compared as text, `YYYY-MM`; what the directory lacks never makes anybody ineligible: it would make the
    denominator smaller, and the share look better than it may be.
    """
    schools, roll = roster_schools.c, RollEntry
    snapshot = f"{rules.snapshot_of(year):%Y-%m}"
    asked: list[tuple[sa.ColumnElement[bool], str]] = [
        (
            sa.and_(schools.setting.not_in(rules.senders), schools.code.not_in(rules.named)),
            "school",
        ),
        (_other_stage(rules), "stage"),
        (principal, "principal"),
    ]
    if rules.excluded:
        said = roll.post + roll.title
        asked.append((sa.or_(*(said.contains(word, autoescape=True) for word in rules.excluded)), "post"))
    asked.append((sa.and_(sa.not_(moved), roll.since > snapshot), "later"))
    if rules.years:
        short = sa.and_(roll.since != "", roll.since > _earlier(snapshot, rules.years))
        asked.append((sa.and_(sa.not_(moved), short), "years"))
    asked.append((_too_old(snapshot, rules.oldest_men, rules.oldest_women), "age"))
    return sa.case(*((condition, code) for condition, code in asked), else_="")


def _other_stage(rules: RegionRules) -> sa.ColumnElement[bool]:
    """Whether the school teaches no stage that counts, or the person another one."""
    teaching = [stage for stage, taught in TAUGHT.items() if set(taught) & set(rules.stages)]
    stage = RollEntry.stage
    return sa.or_(roster_schools.c.stage.not_in(teaching), sa.and_(stage != "", stage.not_in(rules.stages)))


def _too_old(snapshot: str, men: int | None, women: int | None) -> sa.ColumnElement[bool]:
    roll, found = RollEntry, list[sa.ColumnElement[bool]]()
    for words, oldest in ((_MEN, men), (_WOMEN, women)):
        if oldest is not None:
            found.append(
                sa.and_(roll.sex.in_(words), roll.birth != "", roll.birth <= _earlier(snapshot, oldest + 1))
            )
    return sa.or_(sa.false(), *found)


def _earlier(month: str, years: int) -> str:
    """So many years before a month, both `YYYY-MM`."""
    return f"{int(month[:4]) - years:04d}{month[4:]}"


def _one(condition: Any) -> sa.ColumnElement[int]:  # noqa: ANN401  a condition or a nullable column
    return sa.case((condition, 1), else_=0)
