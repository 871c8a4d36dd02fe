"""The people behind a number."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from services.exchange.compliance.model import RollEntry
from services.exchange.compliance.queries.counting import asked_of, closings, held_in
from services.exchange.placements.model import Placement
from services.exchange.rules.queries import rulebook
from shared.roster import roster_people, roster_schools
from shared.text import Sentence

#: Behind which number somebody stands, and what its list is called.
WHAT: Mapping[str, Sentence] = {
    "exchanged": Sentence(zh="已交流并计入", en="Exchanged and counted"),
    "backbone": Sentence(zh="计入的骨干教师", en="Backbone teachers counted"),
    "planned": Sentence(zh="双方已同意、还没有到岗", en="Agreed to, not begun"),
    "eligible": Sentence(zh="符合交流条件", en="Eligible"),
    "eligible_backbone": Sentence(zh="符合条件的骨干教师", en="Eligible backbone teachers"),
    "staying": Sentence(zh="符合条件、还没有交流", en="Eligible and not exchanged"),
    "staying_backbone": Sentence(
        zh="符合条件、还没有交流的骨干教师", en="Eligible backbone teachers, not exchanged"
    ),
    "beside": Sentence(zh="参加交流但不计入", en="Exchanged and not counted"),
    "unknown": Sentence(zh="名录缺到校年月或出生年月", en="The directory lacks since or birth"),
    "due": Sentence(zh="到期应交流的校长", en="Principals due to move"),
    "principals": Sentence(zh="校长", en="Principals"),
    "teachers": Sentence(zh="在册教师", en="Teachers on the roll"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody, with what the rules say of them. host: where they are placed, if they are."""

    person_id: UUID
    name: str
    region_code: str
    school: Sentence
    host: Sentence | None
    post: str
    subject: str
    backbone: str
    since: str
    birth: str
    why: str
    exchanged: str
    placement_id: UUID | None


@dataclass(frozen=True, slots=True)
class People:
    """Some of them, and how many there are in all."""

    rows: Sequence[PersonRow]
    total: int


def people(
    db: Session,
    year: int,
    codes: Collection[str],
    *,
    what: str,
    school: UUID | None = None,
    why: str = "",
    q: str = "",
    order: str = "name",
    offset: int = 0,
    limit: int | None = 25,
) -> People:
    """Who stands behind a number of these counties. Four queries."""
    if not codes:
        return People((), 0)
    closed = closings(db, year, codes)
    found = asked_of(held_in(rulebook(db, codes), year, codes, closed), year, closed)
    each, roll, named = found.c, RollEntry, roster_people.c
    home, host = roster_schools.alias("home"), roster_schools.alias("host")
    placed = aliased(Placement)
    conditions = [_behind(each, what)]
    if school:
        conditions.append(each.school_id == school)
    if why:
        conditions.append(each.why == why)
    if q:
        conditions.append(named.name.startswith(q, autoescape=True))
    column = {"since": roll.since, "birth": roll.birth, "school": home.c.code}.get(
        order.removeprefix("-"), named.name
    )
    whole = (
        sa.select(
            each.person_id,
            each.region_code,
            each.why,
            each.exchanged,
            each.placement_id,
            sa.func.coalesce(named.name, "").label("name"),
            roll.post,
            roll.subject,
            roll.backbone,
            roll.since,
            roll.birth,
            home.c.name.label("home"),
            home.c.name_en.label("home_en"),
            host.c.name.label("host"),
            host.c.name_en.label("host_en"),
            sa.func.count().over().label("total"),
        )
        .select_from(found)
        .join(roll, sa.and_(roll.year == year, roll.person_id == each.person_id))
        .outerjoin(roster_people, named.person_id == each.person_id)
        .outerjoin(home, home.c.school_id == each.school_id)
        .outerjoin(placed, placed.id == each.placement_id)
        .outerjoin(host, host.c.school_id == placed.host_school_id)
        .where(*conditions)
        .order_by(column.desc() if order.startswith("-") else column.asc(), each.person_id)
        .offset(offset)
        .limit(limit)
    )
    rows = db.execute(whole).all()
    return People([_row(row) for row in rows], rows[0].total if rows else 0)


def _behind(each: Any, what: str) -> sa.ColumnElement[bool]:  # noqa: ANN401  the columns of outcomes
    conditions: dict[str, sa.ColumnElement[bool]] = {
        "exchanged": each.exchanged == "yes",
        "backbone": sa.and_(each.exchanged == "yes", each.senior == 1),
        "planned": each.exchanged == "planned",
        "eligible": each.why == "",
        "eligible_backbone": sa.and_(each.why == "", each.senior == 1),
        "staying": sa.and_(each.why == "", each.exchanged == ""),
        "staying_backbone": sa.and_(each.why == "", each.exchanged == "", each.senior == 1),
        "beside": each.exchanged == "beside",
        "unknown": each.unknown == 1,
        "due": each.due == 1,
        "principals": each.principal == 1,
    }
    return conditions.get(what, sa.true())


def _row(row: Any) -> PersonRow:  # noqa: ANN401  a row of the select above
    return PersonRow(
        person_id=row.person_id,
        name=row.name,
        region_code=row.region_code,
        school=Sentence(zh=row.home or "", en=row.home_en or row.home or ""),
        host=Sentence(zh=row.host, en=row.host_en or row.host) if row.host else None,
        post=row.post,
        subject=row.subject,
        backbone=row.backbone,
        since=row.since,
        birth=row.birth,
        why=row.why,
        exchanged=row.exchanged,
        placement_id=row.placement_id,
    )
