"""Reads about rooms that sessions borrow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.scheduling.facilities.model import FAILED, LIVE, OVER, STATES, FacilityRequest, KnownFacility
from services.scheduling.facilities.policies import open_to
from services.scheduling.hosting.model import scope_of
from services.scheduling.sessions import model as planned
from services.scheduling.sessions.queries import SessionRow
from shared.contracts.resources import Free
from shared.contracts.scheduling import SchedulingTask
from shared.errors import NotFound
from shared.roster import roster_schools
from shared.roster.tables import roster_group_schools, roster_regions
from shared.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """What a session asked for, and how it stands."""

    id: UUID
    facility_id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    state: str
    chip: str
    word: Sentence
    answer_by: datetime
    until: datetime | None
    reason: Sentence | None
    offers: Sequence[Free]
    live: bool
    lost: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A facility that may be asked for."""

    id: UUID
    name: str
    school: str
    region: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Named:
    """A school by its name."""

    id: UUID
    name: str


def requests_of(db: Session, session_id: UUID) -> list[RequestRow]:
    """All that a session asked for, by time. One query."""
    rows = db.scalars(
        sa.select(FacilityRequest)
        .where(FacilityRequest.session_id == session_id)
        .order_by(FacilityRequest.starts_at, FacilityRequest.id)
    )
    return [
        RequestRow(
            id=row.id,
            facility_id=row.facility_id,
            name=row.facility_name,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            state=row.state,
            chip=STATES[row.state][0],
            word=STATES[row.state][1],
            answer_by=row.answer_by,
            until=row.until,
            reason=Sentence(zh=row.reason_zh, en=row.reason_en) if row.reason_zh else None,
            offers=msgspec.convert(row.offers, list[Free]),
            live=row.state in LIVE,
            lost=row.state in FAILED,
        )
        for row in rows
    ]


def schools_of(db: Session, session: planned.Session | SessionRow) -> list[Named]:
    """The schools for which a room may be asked: those that the session invites."""
    schools = roster_schools.c
    rows = db.execute(
        sa.select(schools.school_id, schools.name)
        .where(schools.school_id.in_(list(session.invited_schools)))
        .order_by(schools.name)
    )
    return [Named(row[0], row[1]) for row in rows]


def choices(db: Session, *, host_region: str, invited: Sequence[UUID] = ()) -> list[Choice]:
    """The facilities that a session of the region may ask for, or may for one of the schools that it invites."""
    groups: dict[UUID, set[str]] = {id_: set() for id_ in invited}
    members = roster_group_schools.c
    for school_id, group in db.execute(
        sa.select(members.school_id, members.group_id).where(members.school_id.in_(list(invited)))
    ):
        groups[school_id].add(f"group:{group}")
    askers: list[tuple[UUID | None, set[str]]] = [(None, set()), *groups.items()]
    schools, regions = roster_schools.c, roster_regions.c
    rows = db.execute(
        sa.select(KnownFacility, schools.name, regions.name)
        .outerjoin(roster_schools, schools.school_id == KnownFacility.school_id)
        .outerjoin(roster_regions, regions.code == KnownFacility.region_code)
        .where(sa.not_(KnownFacility.retired))
        .order_by(KnownFacility.region_code, schools.name, KnownFacility.name)
    )
    return [
        Choice(one.id, one.name, school or "", region or "", one.capacity)
        for one, school, region in rows
        if any(
            open_to(one, host_region=host_region, school_id=school_id, groups=groups_)
            for school_id, groups_ in askers
        )
    ]


def task_of(request: FacilityRequest, session: planned.Session) -> SchedulingTask:
    """What the hosts have to do about the room of their session."""
    return request.task(
        title=session.title,
        host=f"coordinator@{scope_of(session.host_region)}",
        over=session.state in OVER | {"held", "closed"},
    )


def task_states(db: Session) -> Iterator[SchedulingTask]:
    """Of every room that was lost whether somebody has to do something, for `republish`."""
    rows = db.execute(
        sa.select(FacilityRequest, planned.Session)
        .join(planned.Session, planned.Session.id == FacilityRequest.session_id)
        .order_by(FacilityRequest.id)
    )
    for request, session in rows.yield_per(500):
        if request.was_lost:
            yield task_of(request, session)


def no_such_request() -> NotFound:
    """What who may not know of it is told, too."""
    return NotFound(Sentence(zh="没有这次借用。", en="There is no such request."))
