"""The people behind a number."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.compliance.queries.counting import asked_of, closings, held_in
from services.exchange.placements.model import Placement
from services.exchange.rules.queries import rulebook
from shared.roster import roster_people, roster_schools
from shared.text import Sentence

#: Ids asked for in one statement.
_AT_ONCE = 5_000

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
    """Who stands behind a number of these counties. Five queries for a page."""
    if not codes:
        return People((), 0)
    closed = closings(db, year, codes)
    found = asked_of(held_in(rulebook(db, codes), year, codes, closed), year, closed)
    each, named, home = found.c, roster_people.c, roster_schools.c
    conditions = [_behind(each, what)]
    if school:
        conditions.append(each.school_id == school)
    if why:
        conditions.append(each.why == why)
    if q:
        conditions.append(named.name.startswith(q, autoescape=True))
    sort = order.removeprefix("-")
    column = {"since": each.since, "birth": each.birth, "school": home.code}.get(sort, named.name)
    chosen = (
        sa.select(
            found, sa.func.coalesce(named.name, "").label("name"), sa.func.count().over().label("total")
        )
        .select_from(found)
        .outerjoin(roster_people, named.person_id == each.person_id)
        .where(*conditions)
        .order_by(column.desc() if order.startswith("-") else column.asc(), each.person_id)
        .offset(offset)
        .limit(limit)
    )
    if sort == "school":
        chosen = chosen.outerjoin(roster_schools, home.school_id == each.school_id)
    rows = db.execute(chosen).all()
    hosts = _hosts(db, [row.placement_id for row in rows if row.placement_id])
    schools = _schools(db, {row.school_id for row in rows} | set(hosts.values()))
    return People([_row(row, hosts, schools) for row in rows], rows[0].total if rows else 0)


def _hosts(db: Session, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Where these placements are."""
    found: dict[UUID, UUID] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = db.execute(sa.select(Placement.id, Placement.host_school_id).where(Placement.id.in_(some)))
        found |= {row.id: row.host_school_id for row in rows}
    return found


def _schools(db: Session, ids: Collection[UUID]) -> dict[UUID, Sentence]:
    """What these schools are called."""
    table, found, wanted = roster_schools.c, dict[UUID, Sentence](), sorted(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        rows = db.execute(
            sa.select(table.school_id, table.name, table.name_en).where(table.school_id.in_(some))
        )
        found |= {row.school_id: Sentence(zh=row.name, en=row.name_en or row.name) for row in rows}
    return found


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


def _row(
    row: Any,  # noqa: ANN401  a row of the select above
    hosts: Mapping[UUID, UUID],
    schools: Mapping[UUID, Sentence],
) -> PersonRow:
    host = hosts.get(row.placement_id)
    return PersonRow(
        person_id=row.person_id,
        name=row.name,
        region_code=row.region_code,
        school=schools.get(row.school_id, Sentence(zh="", en="")),
        host=schools.get(host) if host else None,
        post=row.post,
        subject=row.subject,
        backbone=row.backbone,
        since=row.since,
        birth=row.birth,
        why=row.why,
        exchanged=row.exchanged,
        placement_id=row.placement_id,
    )
