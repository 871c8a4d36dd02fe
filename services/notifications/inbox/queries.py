"""Reads about inboxes, each in a fixed number of queries however many rows it answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.inbox.model import Entry, Notice
from shared.auth.grants import significant
from shared.roster.schools import roster_schools

#: How many notices a page shows, and an answer of the API has.
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school that was told; its names are empty where the roster's copy does not know it yet."""

    id: UUID
    name: str
    name_en: str
    region_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice as one of its readers sees it; the fields are those of the model.

    schools: those within the reader's scopes that were told. cancelled: whether the session that it tells
    of was cancelled since.
    """

    id: UUID
    kind: str
    told_at: datetime
    session_id: UUID
    title: str
    session_kind: str
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    link: str
    reason: str
    cancelled: bool
    schools: tuple[SchoolRow, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """A stretch of what was told, newest first. `older`: the id to ask `before` for what follows, if any does."""

    notices: tuple[NoticeRow, ...]
    older: UUID | None

    @property
    def newest(self) -> UUID | None:
        """The id of the first."""
        return self.notices[0].id if self.notices else None


def inbox_within(db: orm.Session, scopes: Iterable[str], *, before: UUID | None = None) -> Inbox:
    """What schools within the scopes were told, newest first, at most `AT_ONCE`, all told before `before`.

    Two queries.
    """
    scopes = tuple(scopes)
    later = orm.aliased(Notice)
    cancelled = sa.exists().where(
        later.session_id == Notice.session_id,
        later.kind == "session_cancelled",
        Notice.kind == "session_released",
    )
    chosen = sa.select(Notice, cancelled).where(_told_within(scopes)).order_by(*_NEWEST_FIRST)
    if before is not None:
        last = orm.aliased(Notice)
        position = sa.select(last.told_at, last.id).where(last.id == before).scalar_subquery()
        chosen = chosen.where(sa.tuple_(Notice.told_at, Notice.id) < position)
    found = db.execute(chosen.limit(AT_ONCE + 1)).all()
    shown = found[:AT_ONCE]
    schools = _schools_told(db, [notice.id for notice, _ in shown], scopes)
    notices = tuple(_row_of(notice, is_cancelled, schools[notice.id]) for notice, is_cancelled in shown)
    return Inbox(notices, older=notices[-1].id if len(found) > AT_ONCE else None)


def newest_within(db: orm.Session, scopes: Iterable[str]) -> UUID | None:
    """The id of the newest notice to schools within the scopes. One query."""
    return db.scalar(sa.select(Notice.id).where(_told_within(scopes)).order_by(*_NEWEST_FIRST).limit(1))


_NEWEST_FIRST = (Notice.told_at.desc(), Notice.id.desc())


def _row_of(notice: Notice, cancelled: bool, schools: Iterable[SchoolRow]) -> NoticeRow:  # noqa: FBT001  a column
    return NoticeRow(
        id=notice.id,
        kind=notice.kind,
        told_at=notice.told_at,
        session_id=notice.session_id,
        title=notice.title,
        session_kind=notice.session_kind,
        starts_at=notice.starts_at,
        ends_at=notice.ends_at,
        place=notice.place,
        link=notice.link,
        reason=notice.reason,
        cancelled=cancelled,
        schools=tuple(schools),
    )


def _schools_told(
    db: orm.Session, notices: Iterable[UUID], scopes: Iterable[str]
) -> dict[UUID, list[SchoolRow]]:
    """The schools within the scopes that each notice went to, by region and code."""
    ids = list(notices)
    table = roster_schools.c
    rows = db.execute(
        sa.select(Entry.notice_id, Entry.school_id, table.name, table.name_en, table.region_name)
        .outerjoin(roster_schools, table.school_id == Entry.school_id)
        .where(Entry.notice_id.in_(ids), _within(scopes))
        .order_by(table.region_code, table.code)
    )
    told: dict[UUID, list[SchoolRow]] = {id_: [] for id_ in ids}
    for notice_id, school_id, name, name_en, region_name in rows:
        told[notice_id].append(SchoolRow(school_id, name or "", name_en or "", region_name or ""))
    return told


def _told_within(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(Entry.notice_id == Notice.id, _within(scopes))


def _within(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(_in(scope) for scope in scopes))


def _in(scope: str) -> sa.ColumnElement[bool]:
    """Whether an entry's school lies in a scope; of a region's schools the roster's copy knows."""
    kind, _, value = scope.partition(":")
    if scope == "all":
        return sa.true()
    if kind == "region":
        lies_there = roster_schools.c.region_code.startswith(significant(value), autoescape=True)
        return Entry.school_id.in_(sa.select(roster_schools.c.school_id).where(lies_there))
    return Entry.school_id == UUID(value) if kind == "school" else sa.false()
