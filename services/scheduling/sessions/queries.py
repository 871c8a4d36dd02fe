"""Reads about sessions, each in a fixed number of queries."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.hosting.model import may_host
from services.scheduling.hosting.queries import hosted_within
from services.scheduling.lifecycle.model import Verb
from services.scheduling.plans.model import ZONE, Leader, Occurrence
from services.scheduling.sessions.model import Session
from shared.auth.grants import significant
from shared.contracts.scheduling import SchedulingTask
from shared.errors import NotFound
from shared.roster import lies_in, roster_people, roster_schools
from shared.roster.tables import roster_organisations
from shared.text import Sentence

#: How many people of the asked names are offered.
_NAMESAKES = 200

#: How many sessions of a stretch of time are looked at.
_WHILE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as its planners see it; the fields are those of the model."""

    id: UUID
    version: int
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    occurrences: tuple[Occurrence, ...]
    leaders: tuple[Leader, ...]
    note: str
    programme_id: UUID | None
    ordinal: int | None
    invited_schools: tuple[UUID, ...]
    awaiting_schools: tuple[UUID, ...]
    host_region: str
    state: str
    reason: str
    released_at: datetime | None
    postponed_at: datetime | None
    held_at: datetime | None
    recording: str
    closed_at: datetime | None
    cancelled_at: datetime | None
    why_not: Mapping[Verb, Sentence | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFound:
    """Somebody of the directory who may be meant. unit: the school or organisation that they work at."""

    id: UUID
    name: str
    unit: str
    post: str


#: What a list of sessions can be sorted by.
Sort = Literal["starts_at", "title", "kind"]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list. total: how many match; counts: how many of each state match all else that was asked for."""

    rows: list[SessionRow]
    total: int
    counts: Mapping[str, int]


def sessions_within(db: orm.Session, scopes: Iterable[str], *, alone: bool = False) -> list[SessionRow]:
    """The sessions that the regions in these scopes host, by time. One query.

    alone: without those that are part of a programme, which shows them itself.
    """
    found = db.scalars(
        sa.select(Session)
        .where(
            hosted_within(Session.host_region, scopes),
            Session.programme_id.is_(None) if alone else sa.true(),
        )
        .order_by(Session.starts_at, Session.id)
    )
    return [row_of(session) for session in found]


def sessions_listed(
    db: orm.Session,
    scopes: Iterable[str],
    *,
    words: str = "",
    state: str = "",
    kind: str = "",
    since: date | None = None,
    until: date | None = None,
    sort: Sort = "starts_at",
    descending: bool = False,
    offset: int = 0,
    limit: int = 25,
) -> Found:
    """The sessions by themselves in the scopes that match all that is given. Two queries, however many there are.

    words: parts of the title. since, until: days on the planners' clock, both included, between which it goes on.
    """
    wanted = [hosted_within(Session.host_region, scopes), Session.programme_id.is_(None)]
    wanted += [Session.title.icontains(part, autoescape=True) for part in words.split()[:4]]
    if kind:
        wanted.append(Session.kind == kind)
    if since is not None:
        wanted.append(Session.ends_at > datetime.combine(since, time(), tzinfo=ZONE))
    if until is not None:
        wanted.append(Session.starts_at < datetime.combine(until, time(), tzinfo=ZONE) + timedelta(days=1))
    of_each = sa.select(Session.state, sa.func.count()).where(*wanted).group_by(Session.state)
    counts: dict[str, int] = dict(db.execute(of_each).all())
    if state:
        wanted.append(Session.state == state)
    column = {"starts_at": Session.starts_at, "title": Session.title, "kind": Session.kind}[sort]
    found = db.scalars(
        sa.select(Session)
        .where(*wanted)
        .order_by(column.desc() if descending else column, Session.id)
        .offset(offset)
        .limit(limit)
    )
    total = counts.get(state, 0) if state else sum(counts.values())
    return Found(rows=[row_of(session) for session in found], total=total, counts=counts)


def sessions_while(
    db: orm.Session, scopes: Iterable[str], *, schools: Collection[str], start: datetime, end: datetime
) -> list[SessionRow]:
    """What takes place between two moments, by time: planned in the scopes, or released and one of `schools` invited.

    schools: ids. One query.
    """
    found = db.scalars(
        sa.select(Session)
        .where(
            Session.starts_at < end,
            Session.ends_at > start,
            Session.state.not_in(("cancelled", "postponed")),
            sa.or_(Session.state != "draft", hosted_within(Session.host_region, scopes)),
        )
        .order_by(Session.starts_at, Session.id)
        .limit(_WHILE)
    )
    return [
        row_of(session)
        for session in found
        if may_host(scopes, session.host_region)
        or not {str(id_) for id_ in session.invited_schools}.isdisjoint(schools)
    ]


def sessions_titled(db: orm.Session, scopes: Iterable[str], *, words: str, limit: int) -> list[SessionRow]:
    """The sessions in the scopes whose title has all of the words, the latest first. One query, none without words."""
    parts = words.split()[:4]
    if not parts:
        return []
    titled = (Session.title.icontains(part, autoescape=True) for part in parts)
    found = db.scalars(
        sa.select(Session)
        .where(hosted_within(Session.host_region, scopes), *titled)
        .order_by(Session.starts_at.desc(), Session.id)
        .limit(limit)
    )
    return [row_of(session) for session in found]


def session_within(db: orm.Session, session_id: UUID, scopes: Iterable[str]) -> SessionRow:
    """One session. Raises NotFound also where it lies outside the scopes: that it exists is not told."""
    found = db.scalar(
        sa.select(Session).where(Session.id == session_id, hosted_within(Session.host_region, scopes))
    )
    if found is None:
        raise no_such_session()
    return row_of(found)


def sessions_of(db: orm.Session, programme_id: UUID) -> list[SessionRow]:
    """The sessions of a programme, by time. One query."""
    found = db.scalars(
        sa.select(Session)
        .where(Session.programme_id == programme_id)
        .order_by(Session.starts_at, Session.ordinal, Session.id)
    )
    return [row_of(session) for session in found]


def people_called(
    db: orm.Session, names: Collection[str], scopes: Collection[str]
) -> dict[str, list[PersonFound]]:
    """Who in the scopes has one of these names, by name: offered to a planner, never guessed. One query."""
    if not names:
        return {}
    people, schools, units = roster_people.c, roster_schools.c, roster_organisations.c
    lies = [lies_in(scope) for scope in scopes]
    rows = db.execute(
        sa.select(
            people.person_id, people.name, schools.name.label("school"), units.name.label("unit"), people.post
        )
        .outerjoin(roster_schools, schools.school_id == people.school_id)
        .outerjoin(roster_organisations, units.organisation_id == people.organisation_id)
        .where(
            people.name.in_(list(names)),
            sa.not_(people.left),
            people.merged_into.is_(None),
            sa.or_(
                sa.false(),
                *lies,
                sa.and_(units.region_code.is_not(None), _in_regions(units.region_code, scopes)),
            ),
        )
        .order_by(people.name, schools.code, people.person_id)
        .limit(_NAMESAKES)
    )
    found: dict[str, list[PersonFound]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(
            PersonFound(id=row.person_id, name=row.name, unit=row.school or row.unit or "", post=row.post)
        )
    return found


def task_states(db: orm.Session) -> Iterator[SchedulingTask]:
    """Of every session whether it waits to be released; what is part of a programme waits with that."""
    alone = sa.select(Session).where(Session.programme_id.is_(None))
    for session in db.scalars(alone.order_by(Session.id)).yield_per(500):
        yield session.task()


def row_of(session: Session) -> SessionRow:
    """The session as a frozen row."""
    return SessionRow(
        id=session.id,
        version=session.version,
        title=session.title,
        kind=session.kind,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        link=session.link,
        occurrences=session.occurrences,
        leaders=session.led_by or (),
        note=session.note or "",
        programme_id=session.programme_id,
        ordinal=session.ordinal,
        invited_schools=tuple(session.invited_schools),
        awaiting_schools=tuple(session.awaiting_schools or ()),
        host_region=session.host_region,
        state=session.state,
        reason=session.reason,
        released_at=session.released_at,
        postponed_at=session.postponed_at,
        held_at=session.held_at,
        recording=session.recording or "",
        closed_at=session.closed_at,
        cancelled_at=session.cancelled_at,
        why_not={verb: session.why_not(verb) for verb in get_args(Verb)},
    )


def no_such_session() -> NotFound:
    """What is said of a session that is not there, or not the reader's to know of."""
    return NotFound(
        Sentence(
            zh="没有找到这次活动，可能不在你负责的区域。",
            en="There is no such session, or it belongs to a region that is not yours.",
        )
    )


def _in_regions(region_code: sa.ColumnElement[str], scopes: Collection[str]) -> sa.ColumnElement[bool]:
    codes = [scope.removeprefix("region:") for scope in scopes if scope.startswith("region:")]
    within = (region_code.startswith(significant(code), autoescape=True) for code in codes)
    return sa.or_(sa.true() if "all" in scopes else sa.false(), *within)
