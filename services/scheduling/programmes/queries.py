"""Reads about programmes and their rosters, each in a fixed number of queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.hosting.queries import hosted_within
from services.scheduling.programmes.model import Programme, Trainee
from services.scheduling.sessions.model import Session
from shared.contracts.scheduling import SchedulingTask
from shared.errors import NotFound
from shared.roster import roster_people, roster_schools
from shared.roster.tables import roster_organisations
from shared.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeRow:
    """A programme as its planners see it. starts_at, ends_at: of its sessions that take place; None without any."""

    id: UUID
    version: int
    title: str
    kind: str
    host_region: str
    outcome: str
    hours: int | None
    released_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    sessions: int
    drafts: int
    trainees: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TraineeRow:
    """Somebody on a roster. school: the name of the school that the directory has them at, if it does.

    known: whether the directory's copy has the person; it may still be on its way there.
    """

    id: UUID
    ordinal: int
    person_id: UUID | None
    name: str
    unit: str
    post: str
    phone: str
    source: str
    school_id: UUID | None
    school: str
    region_code: str
    known: bool


def programmes_within(db: orm.Session, scopes: Iterable[str]) -> list[ProgrammeRow]:
    """The programmes that the regions in these scopes host, the latest first. One query."""
    found = db.execute(_rows().where(hosted_within(Programme.host_region, scopes)))
    rows = [_row(each) for each in found]
    return sorted(rows, key=lambda row: (row.starts_at is None, row.starts_at, row.title), reverse=True)


def programme_within(db: orm.Session, programme_id: UUID, scopes: Iterable[str]) -> ProgrammeRow:
    """One programme. Raises NotFound also where it lies outside the scopes: that it exists is not told."""
    found = db.execute(
        _rows().where(Programme.id == programme_id, hosted_within(Programme.host_region, scopes))
    ).first()
    if found is None:
        raise no_such_programme()
    return _row(found)


def roster_of(db: orm.Session, programme_id: UUID) -> list[TraineeRow]:
    """The people of a programme in the order of the sheet, with the school that the directory knows. One query."""
    people, schools, offices = roster_people.c, roster_schools.c, roster_organisations.c
    rows = db.execute(
        sa.select(
            Trainee,
            people.school_id,
            sa.func.coalesce(schools.name, offices.name),
            sa.func.coalesce(schools.region_code, offices.region_code),
            people.person_id,
        )
        .outerjoin(roster_people, people.person_id == Trainee.person_id)
        .outerjoin(roster_schools, schools.school_id == people.school_id)
        .outerjoin(roster_organisations, offices.organisation_id == people.organisation_id)
        .where(Trainee.programme_id == programme_id)
        .order_by(Trainee.ordinal, Trainee.id)
    )
    return [
        TraineeRow(
            id=trainee.id,
            ordinal=trainee.ordinal,
            person_id=trainee.person_id,
            name=trainee.name,
            unit=trainee.unit,
            post=trainee.post,
            phone=trainee.phone,
            source=trainee.source,
            school_id=school_id,
            school=school or "",
            region_code=region_code or "",
            known=known is not None,
        )
        for trainee, school_id, school, region_code, known in rows
    ]


def people_on_roster(db: orm.Session, programme_id: UUID | None) -> tuple[UUID, ...]:
    """The people on a programme's roster whom the directory has; none without a programme. One query."""
    if programme_id is None:
        return ()
    known = sa.select(Trainee.person_id).where(Trainee.programme_id == programme_id)
    found = db.scalars(known.where(Trainee.person_id.is_not(None)).order_by(Trainee.ordinal))
    return tuple(id_ for id_ in found if id_ is not None)


def schools_of_roster(db: orm.Session, programme_id: UUID | None) -> tuple[UUID, ...]:
    """The schools whose people are on the roster: they are told of the programme's sessions. One query."""
    if programme_id is None:
        return ()
    found = db.scalars(
        sa.select(roster_people.c.school_id)
        .join(Trainee, Trainee.person_id == roster_people.c.person_id)
        .where(Trainee.programme_id == programme_id, roster_people.c.school_id.is_not(None))
        .order_by(Trainee.ordinal)
    )
    return tuple(dict.fromkeys(found))


def drafts_in(db: orm.Session, programme_id: UUID) -> int:
    """How many sessions of a programme nobody has been told of. One query."""
    count = sa.select(sa.func.count()).where(Session.programme_id == programme_id, Session.state == "draft")
    return db.scalar(count) or 0


def task_states(db: orm.Session) -> Iterator[SchedulingTask]:
    """Of every programme whether it waits to be released."""
    for programme in db.scalars(sa.select(Programme).order_by(Programme.id)).yield_per(500):
        yield programme.task()


def no_such_programme() -> NotFound:
    """What is said of a programme that is not there, or not the reader's to know of."""
    return NotFound(
        Sentence(
            zh="没有找到这个项目，可能不在你负责的区域。",
            en="There is no such programme, or it belongs to a region that is not yours.",
        )
    )


def _rows() -> sa.Select[Any]:
    of_it = Session.programme_id == Programme.id
    there = sa.and_(of_it, Session.state != "cancelled")

    def asked(what: sa.Function[Any], *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
        return sa.select(what).where(*where).correlate(Programme).scalar_subquery()

    return sa.select(
        Programme,
        asked(sa.func.min(Session.starts_at), there).label("starts_at"),
        asked(sa.func.max(Session.ends_at), there).label("ends_at"),
        asked(sa.func.count(Session.id), there).label("sessions"),
        asked(sa.func.count(Session.id), of_it, Session.state == "draft").label("drafts"),
        asked(sa.func.count(Trainee.id), Trainee.programme_id == Programme.id).label("trainees"),
    )


def _row(found: sa.Row[Any]) -> ProgrammeRow:
    programme: Programme = found.Programme
    return ProgrammeRow(
        id=programme.id,
        version=programme.version,
        title=programme.title,
        kind=programme.kind,
        host_region=programme.host_region,
        outcome=programme.outcome,
        hours=programme.hours,
        released_at=programme.released_at,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        sessions=found.sessions,
        drafts=found.drafts,
        trainees=found.trainees,
    )
