"""Sessions by region, state, time and words."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.hosting.model import may_host
from services.scheduling.hosting.queries import hosted_within
from services.scheduling.plans.model import ZONE
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries.rows import SessionRow, row_of

#: How many sessions of a stretch of time are looked at.
_WHILE = 500

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
