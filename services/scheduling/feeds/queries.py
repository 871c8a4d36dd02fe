"""Which sessions an address answers with. It never tells more than its owner may see now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.feeds.model import Feed, FeedKind, hashed
from services.scheduling.hosting.model import PLANNERS, may_host
from services.scheduling.places.model import Place
from services.scheduling.programmes.model import Trainee
from services.scheduling.recalls.model import Retraction
from services.scheduling.sessions.model import Session
from shared.auth import Principal, covers
from shared.auth.states import person_of, state_of
from shared.roster import roster_people, roster_schools

#: How far back and ahead an address tells.
BACK, AHEAD = timedelta(days=120), timedelta(days=400)


def feeds_of(db: orm.Session, account: UUID) -> Sequence[Feed]:
    """The addresses of an account that still answer, the latest first."""
    wanted = sa.select(Feed).where(Feed.account_id == account, Feed.revoked_at.is_(None))
    return db.scalars(wanted.order_by(Feed.made_at.desc(), Feed.id)).all()


def feed_of(db: orm.Session, secret: str) -> Feed | None:
    """The address of a secret that still answers."""
    return db.scalar(sa.select(Feed).where(Feed.hashed == hashed(secret), Feed.revoked_at.is_(None)))


def may_have(db: orm.Session, *, kind: FeedKind, subject: str, asks: Principal) -> str | None:
    """What a calendar is called that this principal may read; None where it may not."""
    if kind == "person":
        person = person_of(db, asks.account)
        if person is None or str(person) != subject:
            return None
        return db.scalar(sa.select(roster_people.c.name).where(roster_people.c.person_id == person))
    if kind == "school":
        try:
            school = UUID(subject)
        except ValueError:
            return None
        columns = roster_schools.c
        row = db.execute(
            sa.select(columns.name, columns.region_code).where(columns.school_id == school)
        ).first()
        scopes = asks.scopes(*PLANNERS, "liaison", "teacher")
        if row is None or not any(covers(scope, region=row.region_code, school=subject) for scope in scopes):
            return None
        return str(row.name)
    region, _, place = subject.partition("/")
    return place if place and may_host(asks.scopes(*PLANNERS), region) else None


def still_may(db: orm.Session, feed: Feed) -> bool:
    """Whether the owner of an address may still read it: accounts are disabled and grants taken back."""
    state = state_of(db, feed.account_id)
    if state is None or not state.enabled:
        return False
    asks = Principal(account=feed.account_id, grants=state.grants)
    kind: FeedKind = feed.kind  # type: ignore[assignment]  # a column is any text
    return may_have(db, kind=kind, subject=feed.subject, asks=asks) is not None


def sessions_for(db: orm.Session, feed: Feed, *, now: datetime) -> Sequence[Session]:
    """What an address tells of, by time: what was released, also what was cancelled since, and no draft. One query."""
    wanted = sa.select(Session).where(
        Session.released_at.is_not(None),
        Session.state != "draft",
        Session.ends_at > now - BACK,
        Session.starts_at < now + AHEAD,
    )
    return db.scalars(wanted.where(_about(feed, Session)).order_by(Session.starts_at, Session.id)).all()


def recalled_for(db: orm.Session, feed: Feed, *, now: datetime) -> Sequence[Retraction]:
    """What an address has told of and that was recalled since, as it was told, until it is released anew. One query."""
    wanted = (
        sa.select(Retraction)
        .join(Session, Session.id == Retraction.session_id)
        .where(Session.state == "draft", Retraction.ends_at > now - BACK, Retraction.starts_at < now + AHEAD)
    )
    found = wanted.where(_about(feed, Retraction)).order_by(Retraction.starts_at, Retraction.session_id)
    return db.scalars(found).all()


def _about(feed: Feed, told: type[Session | Retraction]) -> sa.ColumnElement[bool]:
    if feed.kind == "place":
        region, _, place = feed.subject.partition("/")
        # Occurrences are kept as JSON, whose text has the place between quotes; the page of the place filters again.
        return sa.and_(told.host_region == region, sa.or_(told.place == place, _holds(told.times, place)))
    if feed.kind == "school":
        return _holds(told.invited_schools, feed.subject)
    person = UUID(feed.subject)
    enrolled = sa.select(Trainee.programme_id).where(Trainee.person_id == person)
    placed = sa.select(Place.enrolment_id).where(Place.person_id == person, Place.state == "in")
    return sa.or_(
        told.programme_id.in_(enrolled),
        Session.id.in_(placed) if told is Session else _holds(Retraction.people, feed.subject),
        _holds(told.led_by, feed.subject),
    )


def _holds(column: orm.attributes.InstrumentedAttribute[object], text: str) -> sa.ColumnElement[bool]:
    """Whether the JSON of a column has this text in it. Only for ids and whole values, which nothing else contains."""
    escaped = text.encode("unicode_escape").decode() if not text.isascii() else text
    written = sa.cast(column, sa.String)
    return sa.or_(
        written.contains(f'"{text}"', autoescape=True), written.contains(f'"{escaped}"', autoescape=True)
    )
