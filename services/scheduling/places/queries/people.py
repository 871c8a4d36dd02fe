"""Who takes part, and who could: people, regions and groups to choose from."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.places.model import Place
from services.scheduling.programmes.model import Trainee
from services.scheduling.sessions.model import Session
from shared.pinyin import spelt
from shared.roster import roster_people
from shared.roster.tables import roster_groups, roster_regions

#: People of one school who are offered.
_MOST_STAFF = 600


def participants(db: orm.Session, session_id: UUID) -> list[tuple[UUID, str, UUID | None]]:
    """Who takes part in a session and is in the directory: id, name, school; the programme's roster first. Two queries."""
    people = roster_people.c
    listed = db.execute(
        sa.select(Trainee.person_id, Trainee.name, people.school_id)
        .join(Session, Session.programme_id == Trainee.programme_id)
        .outerjoin(roster_people, people.person_id == Trainee.person_id)
        .where(Session.id == session_id, Trainee.person_id.is_not(None))
        .order_by(Trainee.ordinal)
    ).all()
    placed = db.execute(
        sa.select(Place.person_id, Place.name, Place.school_id)
        .where(Place.enrolment_id == session_id, Place.state == "in")
        .order_by(Place.number)
    ).all()
    once = {id_: (id_, name, school) for id_, name, school in (*placed, *listed) if id_ is not None}
    return [once[id_] for id_ in dict.fromkeys(row[0] for row in (*listed, *placed)) if id_ is not None]


def staff_of(db: orm.Session, school_id: UUID) -> list[tuple[UUID, str, str]]:
    """Who works at a school: id, name, and what they do, by the sound of their names. One query."""
    people = roster_people.c
    rows = db.execute(
        sa.select(people.person_id, people.name, people.post, people.subject)
        .where(people.school_id == school_id, sa.not_(people.left), people.merged_into.is_(None))
        .order_by(people.name, people.person_id)
        .limit(_MOST_STAFF)
    )
    found = [(id_, name, " · ".join(filter(None, (post, subject)))) for id_, name, post, subject in rows]
    return sorted(found, key=lambda each: (spelt(each[1], person=True), each[1]))


def groups_of(db: orm.Session) -> list[tuple[UUID, str]]:
    """The education groups that one may invite. One query."""
    groups = roster_groups.c
    rows = db.execute(
        sa.select(groups.group_id, groups.name).where(sa.not_(groups.retired)).order_by(groups.name)
    )
    return [(id_, name) for id_, name in rows]


def regions_of(db: orm.Session) -> list[tuple[str, str, str]]:
    """The regions that one may invite as a whole: code, name and level, in the order of their codes. One query."""
    regions = roster_regions.c
    rows = db.execute(
        sa.select(regions.code, regions.name, regions.level)
        .where(sa.not_(regions.abolished))
        .order_by(regions.code)
    )
    return [(code, name, level) for code, name, level in rows]
