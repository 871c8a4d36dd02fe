"""The numbers of a school year, by school and by county, and the verdicts on them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.compliance.model import Closing, Reopening, RollYear
from services.exchange.compliance.policies import Figures, Verdict, foretold_lacks, verdict
from services.exchange.compliance.queries.outcomes import outcomes
from services.exchange.rules.model import InForce, RegionRules, Rulebook
from services.exchange.rules.queries import rulebook
from shared.auth.grants import significant
from shared.roster import roster_schools
from shared.roster.tables import roster_regions
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class County:
    """A county that has schools."""

    code: str
    name: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a county stands in a school year. closed: when it was closed, and nothing moves it any more. lacks: of the forecast."""

    county: County
    figures: Figures
    verdict: Verdict
    held: InForce
    closed: datetime | None
    lacks: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SchoolFigures:
    """A school's part of the numbers."""

    school_id: UUID
    figures: Figures


def counties(db: Session, scopes: Iterable[str]) -> list[County]:
    """The counties of schools that lie in these scopes, by code; regions and everything alone. One query."""
    schools, regions = roster_schools.c, roster_regions.c
    within = [
        sa.true()
        if scope == "all"
        else schools.region_code.startswith(significant(scope.partition(":")[2]), autoescape=True)
        for scope in scopes
        if scope == "all" or scope.startswith("region:")
    ]
    found = sa.select(schools.region_code, sa.func.max(schools.region_name).label("name")).where(
        sa.not_(schools.retired), sa.or_(sa.false(), *within)
    ).group_by(schools.region_code).subquery()  # fmt: skip
    rows = db.execute(
        sa.select(found.c.region_code, found.c.name, regions.name.label("said"), regions.name_en)
        .select_from(found)
        .outerjoin(roster_regions, regions.code == found.c.region_code)
        .order_by(found.c.region_code)
    )
    return [
        County(
            row.region_code,
            Sentence(zh=row.said or row.name, en=row.name_en or row.said or row.name),
        )
        for row in rows
    ]


def years(db: Session) -> list[int]:
    """The school years of which there is a roll, the latest first. One query."""
    return list(db.scalars(sa.select(RollYear.year).order_by(RollYear.year.desc())))


def closings(db: Session, year: int, codes: Collection[str]) -> dict[str, Closing]:
    """Of these counties, those whose year is closed. One query."""
    found = db.scalars(sa.select(Closing).where(Closing.year == year, Closing.region_code.in_(sorted(codes))))
    return {each.region_code: each for each in found}


def reopenings(db: Session, year: int, code: str) -> Sequence[Reopening]:
    """How often and why a county's closed year was opened again, the last first. One query."""
    return db.scalars(
        sa.select(Reopening)
        .where(Reopening.year == year, Reopening.region_code == code)
        .order_by(Reopening.number.desc())
    ).all()


def standings(db: Session, year: int, some: Sequence[County]) -> list[Standing]:
    """How each of these counties stands. Three queries, however many there are."""
    codes = [each.code for each in some]
    closed = closings(db, year, codes)
    held = held_in(rulebook(db, codes), year, codes, closed)
    by_county: dict[str, list[Figures]] = {}
    for code, _, figures in _figures(db, year, held, closed):
        by_county.setdefault(code, []).append(figures)
    found: list[Standing] = []
    for county in some:
        figures = Figures.sum(by_county.get(county.code, ()))
        rules = held[county.code].rules
        found.append(
            Standing(
                county=county,
                figures=figures,
                verdict=verdict(figures, rules),
                held=held[county.code],
                closed=closed[county.code].at if county.code in closed else None,
                lacks=foretold_lacks(figures, rules),
            )
        )
    return found


def schools_of(db: Session, year: int, code: str) -> list[SchoolFigures]:
    """A county's numbers by school. Three queries."""
    closed = closings(db, year, [code])
    held = held_in(rulebook(db, [code]), year, [code], closed)
    return [SchoolFigures(id_, figures) for _, id_, figures in _figures(db, year, held, closed)]


def held_in(
    book: Rulebook, year: int, codes: Iterable[str], closed: Mapping[str, Closing]
) -> dict[str, InForce]:
    """The rules under which each county is seen: of a closed year those that held when it was closed."""
    return {code: held_then(closed[code]) if code in closed else book.of_year(code, year) for code in codes}


def held_then(closing: Closing) -> InForce:
    """The rules that a closing kept."""
    whose = closing.held
    return InForce(
        rules=RegionRules.of(closing.rules),
        region_code=whose["region_code"],
        number=whose["number"],
        valid_from=datetime.fromisoformat(whose["valid_from"]).date() if whose["valid_from"] else None,
    )


def asked_of(held: Mapping[str, InForce], year: int, closed: Collection[str]) -> sa.Subquery:
    """What the rules say of everybody in these counties: counties under the same rules are asked together."""
    groups: dict[RegionRules, list[str]] = {}
    for code, each in held.items():
        if code not in closed:
            groups.setdefault(each.rules, []).append(code)
    return outcomes(year, list(groups.items()), [code for code in held if code in closed])


def _figures(
    db: Session, year: int, held: Mapping[str, InForce], closed: Collection[str]
) -> list[tuple[str, UUID, Figures]]:
    """Of each school, by county. One query."""
    if not held:
        return []
    each = asked_of(held, year, closed).c

    def count(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0))

    rows = db.execute(
        sa.select(
            each.region_code,
            each.school_id,
            sa.func.count().label("teachers"),
            count(each.why == "").label("eligible"),
            count(each.why == "", each.senior == 1).label("eligible_backbone"),
            count(each.exchanged == "yes").label("exchanged"),
            count(each.exchanged == "yes", each.senior == 1).label("backbone"),
            count(each.exchanged == "planned").label("planned"),
            count(each.exchanged == "planned", each.senior == 1).label("planned_backbone"),
            count(each.exchanged == "beside").label("beside"),
            sa.func.sum(each.unknown).label("unknown"),
            sa.func.sum(each.principal).label("principals"),
            sa.func.sum(each.due).label("due"),
        ).group_by(each.region_code, each.school_id)
    )
    return [
        (row["region_code"], row["school_id"], Figures(**{name: int(row[name]) for name in Figures.__dataclass_fields__}))
        for row in rows.mappings()
    ]  # fmt: skip
