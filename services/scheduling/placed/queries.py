"""Whom placements make busy, as others would ask."""

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.placed.model import Collision, Placed
from services.scheduling.sessions.model import Session
from shared.auth import covers
from shared.roster import roster_schools

#: People asked for in one statement.
_AT_ONCE = 5_000

#: What kinds of exchange are called beside a session; a kind that is newer than this is an exchange.
_KINDS: Mapping[str, str] = {"support_teaching": "支教", "job_shadowing": "跟岗学习", "rotation": "轮岗交流"}

#: Made once, for to make it costs more than to ask it, and every claim does.
_THERE = sa.select(Placed).where(
    Placed.person_id.in_(sa.bindparam("people", expanding=True, type_=sa.Uuid())), Placed.there
)


def placed_of(db: orm.Session, people: Collection[UUID]) -> list[Placed]:
    """The placements by which these people work elsewhere. One query per 5,000 people."""
    asked, found = sorted(people), list[Placed]()
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        found += db.scalars(_THERE, {"people": some})
    return found


def struck_of(db: orm.Session, session_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the sessions with which a placement collides that came later. One query."""
    found = sa.select(Collision.session_id).where(
        Collision.session_id.in_(list(session_ids)), Collision.settled_at.is_(None)
    )
    return frozenset(db.scalars(found))


def apart(placed: Placed, session: Session) -> bool:
    """Whether a session is none of the place where somebody is: not hosted for the region of their school, nor inviting it."""
    if placed.host_school_id in session.plan.invited_schools:
        return False
    return session.host_region == "000000" or not covers(
        f"region:{session.host_region}", region=placed.host_region
    )


def titles_of(db: orm.Session, placed: Collection[Placed]) -> dict[UUID, str]:
    """What each placement is called beside a session: the kind and the school. One query."""
    schools = roster_schools.c
    rows = db.execute(
        sa.select(schools.school_id, schools.name).where(
            schools.school_id.in_({each.host_school_id for each in placed})
        )
    )
    names = {row.school_id: row.name for row in rows}
    return {
        each.placement_id: f"{_KINDS.get(each.kind, '教师交流')}：{names.get(each.host_school_id, '')}"
        for each in placed
    }
