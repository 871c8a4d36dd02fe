"""What the schools of counties have, by stage, from the roll of a school year and the directory's pupils."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.balance.model import Coefficient, SchoolStage
from services.exchange.balance.policies import coefficients
from services.exchange.compliance.model import Closing, RollEntry
from services.exchange.placements.model import Placement
from services.exchange.rules.model import DEGREES, RegionRules
from services.exchange.rules.queries import rulebook
from shared.contracts.directory import TAUGHT
from shared.roster import roster_schools

_STAGES = ("primary", "junior")

#: In rural schools of so few pupils teachers who rotate there count in indicator 3 (教督〔2017〕6号).
_FEW, _MANY = 50, 100

#: Words of a degree, the highest first, with its place among DEGREES.
_WORDS = (("博士", 4), ("硕士", 3), ("研究生", 3), ("本科", 2), ("学士", 2), ("大专", 1), ("专科", 1))


def balance_of(db: Session, year: int, region: str) -> list[Coefficient]:
    """The coefficients of a county in a school year, by the rules that hold. Four queries."""
    rules = rulebook(db, [region]).of_year(region, year).rules
    return coefficients(compared(db, year, {region: rules})[region], rules)


def balances(db: Session, year: int, rules: Mapping[str, RegionRules]) -> dict[str, list[Coefficient]]:
    """The coefficients of each county under its rules; of a closed year as they were found."""
    closed = db.scalars(
        sa.select(Closing).where(Closing.year == year, Closing.region_code.in_(sorted(rules)))
    )
    found = {each.region_code: [Coefficient(**one) for one in each.balance] for each in closed}
    schools = compared(db, year, {code: each for code, each in rules.items() if code not in found})
    return found | {code: coefficients(some, rules[code]) for code, some in schools.items()}


def compared(db: Session, year: int, rules: Mapping[str, RegionRules]) -> dict[str, list[SchoolStage]]:
    """The schools of these counties by stage, each in the order of codes. Two queries for each set of rules."""
    found: dict[str, list[SchoolStage]] = {region: [] for region in rules}
    groups: dict[RegionRules, list[str]] = {}
    for region, each in rules.items():
        groups.setdefault(each, []).append(region)
    for held, regions in groups.items():
        for region, school in _compared(db, year, held, regions):
            found[region].append(school)
    return found


def _compared(
    db: Session, year: int, rules: RegionRules, regions: Collection[str]
) -> list[tuple[str, SchoolStage]]:
    schools = roster_schools.c
    teaching = [stage for stage, taught in TAUGHT.items() if set(taught) & set(_STAGES)]
    rows = db.execute(
        sa.select(roster_schools)
        .where(
            schools.region_code.in_(sorted(regions)),
            schools.stage.in_(teaching),
            sa.not_(schools.retired),
        )
        .order_by(schools.region_code, schools.code)
    ).all()
    have = _have(db, year, rules, regions)
    coming = _coming(db, year, rules, regions)
    return [
        (row.region_code, _stage_of(row, stage, have.get(row.school_id, {}), coming, rules))
        for row in rows
        for stage in TAUGHT[row.stage]
        if stage in _STAGES
    ]


def _stage_of(
    row: Any,  # noqa: ANN401  a row of the roster
    stage: str,
    have: Mapping[str, tuple[int, int, int]],
    coming: Mapping[tuple[UUID, str], int],
    rules: RegionRules,
) -> SchoolStage:
    several = len(TAUGHT[row.stage]) > 1
    counted = row.pupils_primary if stage == "primary" else row.pupils_junior
    pupils = counted if several or counted is not None else row.pupils
    numbers = have.get(stage, (0, 0, 0))
    if not several:  # whoever is of no stage, or of another one, teaches what the school teaches
        numbers = _sum(have.values())
    left_out = ""
    if pupils is None:
        left_out = "split" if several else "pupils"
    elif several and "" in have:
        left_out = "stages"
    elif pupils < rules.pupils_least:
        left_out = "small"
    elif row.setting == "rural" and _FEW <= pupils < _MANY:
        guests = coming.get((row.school_id, stage), 0) + (
            0 if several else coming.get((row.school_id, ""), 0)
        )
        numbers = (numbers[0], numbers[1], numbers[2] + guests)
    return SchoolStage(
        school_id=str(row.school_id),
        name=row.name,
        stage=stage,
        pupils=pupils or 0,
        have=numbers,
        left_out=left_out,
    )


def _have(
    db: Session, year: int, rules: RegionRules, regions: Collection[str]
) -> dict[UUID, dict[str, tuple[int, int, int]]]:
    """How many each school has of each indicator, by the stage that people teach. One query."""
    roll, schools = RollEntry, roster_schools.c
    wanted = {
        stage: list(DEGREES).index(degree)
        for stage, degree in (("primary", rules.degree_primary), ("junior", rules.degree_junior))
    }
    rank = sa.case(*((roll.degree.contains(word), place) for word, place in _WORDS), else_=0)
    # Who is of no stage teaches what the school teaches.
    required = sa.case(
        (
            sa.or_(roll.stage == "junior", sa.and_(roll.stage == "", schools.stage == "junior")),
            wanted["junior"],
        ),
        else_=wanted["primary"],
    )
    rows = db.execute(
        sa.select(
            roll.school_id,
            roll.stage,
            _count(rank > required),
            _count(roll.backbone.in_(rules.backbone_levels())),
            _count(arts(rules)),
        )
        .join(roster_schools, schools.school_id == roll.school_id)
        .where(roll.year == year, schools.region_code.in_(sorted(regions)))
        .group_by(roll.school_id, roll.stage)
    )
    found: dict[UUID, dict[str, tuple[int, int, int]]] = {}
    for school_id, stage, *numbers in rows:
        found.setdefault(school_id, {})[stage] = (int(numbers[0]), int(numbers[1]), int(numbers[2]))
    return found


def _coming(
    db: Session, year: int, rules: RegionRules, regions: Collection[str]
) -> dict[tuple[UUID, str], int]:
    """PE and arts teachers who are placed at a school in the middle of the year, by the stage that they teach. One query."""
    roll, middle = RollEntry, rules.middle_of(year)
    rows = db.execute(
        sa.select(Placement.host_school_id, roll.stage, sa.func.count())
        .join(roll, sa.and_(roll.year == year, roll.person_id == Placement.person_id))
        .where(
            Placement.taking,
            Placement.kind.in_(rules.kinds),
            Placement.state.in_(("active", "midterm", "returned", "appraised", "closed")),
            Placement.starts_on <= middle,
            sa.func.coalesce(Placement.left_on, Placement.ends_on) >= middle,
            Placement.host_region.in_(sorted(regions)),
            arts(rules),
        )
        .group_by(Placement.host_school_id, roll.stage)
    )
    return {(school_id, stage): int(number) for school_id, stage, number in rows}


def arts(rules: RegionRules) -> sa.ColumnElement[bool]:
    """Whether somebody of the roll teaches PE or an art, and not beside something else: neither post nor subject says 兼.

    The directory knows no hours: whoever teaches another subject, too, and is not written down as such, is counted.
    """
    taught = (RollEntry.subject.contains(word, autoescape=True) for word in rules.arts)
    return sa.and_(sa.or_(sa.false(), *taught), sa.not_((RollEntry.post + RollEntry.subject).contains("兼")))


def _sum(parts: Collection[tuple[int, int, int]]) -> tuple[int, int, int]:
    return (sum(p[0] for p in parts), sum(p[1] for p in parts), sum(p[2] for p in parts))


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
