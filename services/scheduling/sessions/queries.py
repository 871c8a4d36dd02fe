"""Reads about sessions, each in a fixed number of queries."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.sessions.model import EVERYWHERE, Session
from services.scheduling.sessions.policies import may_host, own_regions
from shared.auth.grants import significant
from shared.contracts.scheduling import SchedulingTask
from shared.errors import NotFound
from shared.roster import School, schools_in
from shared.roster.tables import roster_schools
from shared.text import Sentence

#: How many counties a wider region is called by.
_NAMED = 3

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
    invited_schools: tuple[UUID, ...]
    host_region: str
    state: str
    reason: str
    released_at: datetime | None
    cancelled_at: datetime | None
    why_not_revise: Sentence | None
    why_not_release: Sentence | None
    why_not_cancel: Sentence | None


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A county and its schools."""

    code: str
    name: str
    schools: tuple[School, ...]


def sessions_within(db: orm.Session, scopes: Iterable[str]) -> list[SessionRow]:
    """The sessions that the regions in these scopes host, by time. One query."""
    found = db.scalars(sa.select(Session).where(_within(scopes)).order_by(Session.starts_at, Session.id))
    return [row_of(session) for session in found]


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
            Session.state != "cancelled",
            sa.or_(Session.state == "released", _within(scopes)),
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
        .where(_within(scopes), *titled)
        .order_by(Session.starts_at.desc(), Session.id)
        .limit(limit)
    )
    return [row_of(session) for session in found]


def session_within(db: orm.Session, session_id: UUID, scopes: Iterable[str]) -> SessionRow:
    """One session. Raises NotFound also where it lies outside the scopes: that it exists is not told."""
    found = db.scalar(sa.select(Session).where(Session.id == session_id, _within(scopes)))
    if found is None:
        raise no_such_session()
    return row_of(found)


def task_states(db: orm.Session) -> Iterator[SchedulingTask]:
    """Of every session whether it waits to be released."""
    for session in db.scalars(sa.select(Session).order_by(Session.id)).yield_per(500):
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
        invited_schools=tuple(session.invited_schools),
        host_region=session.host_region,
        state=session.state,
        reason=session.reason,
        released_at=session.released_at,
        cancelled_at=session.cancelled_at,
        why_not_revise=session.why_not_revise(),
        why_not_release=session.why_not_release(),
        why_not_cancel=session.why_not_cancel(),
    )


def regions(db: orm.Session) -> list[RegionRow]:
    """Every county that the roster's copy knows, with its schools. One query."""
    return _by_region(schools_in(db, ["all"]))


def known_schools(db: orm.Session, ids: Iterable[UUID]) -> list[RegionRow]:
    """Those of these schools that the roster's copy knows, by county. One query."""
    table = roster_schools
    rows = db.execute(
        sa.select(table).where(table.c.school_id.in_(list(ids))).order_by(table.c.region_code, table.c.code)
    )
    return _by_region(
        School(row.school_id, row.code, row.name, row.name_en, row.region_code, row.region_name)
        for row in rows
    )


def hosts_offered(scopes: Iterable[str], known: Sequence[RegionRow]) -> list[tuple[str, Sentence]]:
    """For whom somebody may choose to host: for any prefecture, too, who looks after everything."""
    codes = own_regions(scopes)
    if EVERYWHERE in codes:
        codes = (EVERYWHERE, *sorted({f"{region.code[:4]}00" for region in known}))
    return [(code, called(code, known)) for code in codes]


def called(code: str, known: Sequence[RegionRow]) -> Sentence:
    """A region by the counties in it: the roster has no names above them yet."""
    if code == EVERYWHERE:
        return Sentence(zh="全部区域", en="All regions")
    within = [region.name for region in known if region.code.startswith(significant(code))]
    names = "、".join(within[:_NAMED]) or code
    if len(within) <= _NAMED:
        return Sentence(zh=names, en=names)
    return Sentence(
        zh=f"{names}等 {len(within)} 个县（市、区）", en=f"{names} and {len(within) - _NAMED} more"
    )


def no_such_session() -> NotFound:
    """What is said of a session that is not there, or not the reader's to know of."""
    return NotFound(
        Sentence(
            zh="没有找到这次活动，可能不在你负责的区域。",
            en="There is no such session, or it belongs to a region that is not yours.",
        )
    )


def _by_region(schools: Iterable[School]) -> list[RegionRow]:
    """`schools` come by region."""
    return [
        RegionRow(code, name, tuple(members))
        for (code, name), members in groupby(
            schools, key=lambda school: (school.region_code, school.region_name)
        )
    ]


def _within(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(_hosted_in(scope) for scope in scopes))


def _hosted_in(scope: str) -> sa.ColumnElement[bool]:
    kind, _, value = scope.partition(":")
    if scope == "all":
        return sa.true()
    if kind == "region":
        return Session.host_region.startswith(significant(value), autoescape=True)
    return sa.false()
