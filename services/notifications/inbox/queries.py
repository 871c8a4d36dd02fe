"""Reads about inboxes, each in a fixed number of queries however many rows it answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.inbox.model import INVITING, Entry, Notice
from shared.auth.grants import significant
from shared.contracts.notifications import NotificationsTask
from shared.roster.tables import roster_schools

#: As the index is ordered.
_MOMENT = sa.func.coalesce(Notice.happened_at, Notice.told_at)
_LAST_FIRST = (_MOMENT.desc(), Notice.seq.desc())

#: How many notices a page shows, and an answer of the API has.
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school that was told; its names are empty where the roster's copy does not know it yet.

    read_at: when the school first said that it has read it.
    """

    id: UUID
    name: str
    name_en: str
    region_name: str
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice as one of its readers sees it; the fields are those of the model.

    happened_at: what they are ordered by; when it was told, for what was told before it was noted.
    schools: those within the reader's scopes that were told. cancelled: whether the session that it tells
    of was cancelled since. unread: whether a school for which the reader answers has yet to read it.
    """

    id: UUID
    kind: str
    told_at: datetime
    happened_at: datetime
    session_id: UUID
    title: str
    session_kind: str
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    link: str
    reason: str
    cancelled: bool
    unread: bool
    schools: tuple[SchoolRow, ...]

    @property
    def readings(self) -> int:
        """How many of `schools` have read it."""
        return sum(school.read_at is not None for school in self.schools)


@dataclass(frozen=True, slots=True)
class Inbox:
    """A stretch of what was told, what happened last first. `older`: the id to ask `before` for what follows, if any does."""

    notices: tuple[NoticeRow, ...]
    older: UUID | None

    @property
    def mark(self) -> str:
        """What it consists of, in short: another mark means that there is news.

        Who looks after many schools is not sent the list again for each of them that reads.
        """
        return _mark((notice.id, notice.unread) for notice in self.notices)


def inbox_within(
    db: orm.Session,
    scopes: Iterable[str],
    *,
    own: Iterable[UUID] = (),
    before: UUID | None = None,
    limit: int | None = None,
) -> Inbox:
    """What schools within the scopes were told, at most `limit` or `AT_ONCE`, of before the notice `before`.

    What happened last comes first, and of one moment what was told last: what waited while this service was
    away arrives in any order, and is read in its own. own: the schools for which the reader answers. Two
    queries. Where there is no notice `before`, there is nothing before it.
    """
    scopes, limit = tuple(scopes), limit or AT_ONCE
    later = orm.aliased(Notice)
    cancelled = sa.exists().where(
        later.session_id == Notice.session_id,
        later.kind == "session_cancelled",
        Notice.kind.in_(INVITING),
    )
    chosen = sa.select(Notice, cancelled, _unread_by(own)).where(_told_within(scopes)).order_by(*_LAST_FIRST)
    if before is not None:
        chosen = chosen.where(_before(before))
    found = db.execute(chosen.limit(limit + 1)).all()
    shown = found[:limit]
    schools = _schools_told(db, [notice.seq for notice, *_ in shown], scopes)
    notices = tuple(
        _row_of(notice, cancelled=is_cancelled, unread=is_unread, schools=schools[notice.seq])
        for notice, is_cancelled, is_unread in shown
    )
    return Inbox(notices, older=notices[-1].id if len(found) > limit else None)


def unread_by(db: orm.Session, schools: Iterable[UUID]) -> int:
    """How many notices some of these schools have yet to read. One query."""
    return db.scalar(sa.select(sa.func.count()).select_from(Notice).where(_unread_by(schools))) or 0


def notices_titled(
    db: orm.Session, scopes: Iterable[str], *, words: str, limit: int
) -> list[tuple[UUID, str, str, datetime]]:
    """Id, kind, title and moment of the notices to schools in the scopes whose title has all of the words, newest first.

    One query, none without words.
    """
    parts = words.split()[:4]
    if not parts:
        return []
    titled = (Notice.title.icontains(part, autoescape=True) for part in parts)
    rows = db.execute(
        sa.select(Notice.id, Notice.kind, Notice.title, Notice.told_at)
        .where(*titled, _told_within(tuple(scopes)))
        .order_by(*_LAST_FIRST)
        .limit(limit)
    )
    return [(row.id, row.kind, row.title, row.told_at) for row in rows]


def task_states(db: orm.Session) -> Iterator[NotificationsTask]:
    """Of every notice and school whether it waits to be read."""
    later = orm.aliased(Notice)
    called_off = (
        sa.select(sa.func.min(later.told_at))
        .where(
            later.session_id == Notice.session_id,
            later.kind == "session_cancelled",
            Notice.kind.in_(INVITING),
        )
        .scalar_subquery()
    )
    every = (
        sa.select(Entry, Notice, called_off)
        .join(Notice, Notice.seq == Entry.notice_seq)
        .order_by(Notice.seq, Entry.school_id)
    )
    for entry, notice, when in db.execute(every).yield_per(500):
        yield entry.task(notice, called_off=when)


def mark_within(db: orm.Session, scopes: Iterable[str], *, own: Iterable[UUID] = ()) -> str:
    """The mark of what `inbox_within` would answer. One query.

    Of all of its ids, not of the newest alone: on PostgreSQL a notice may be committed after a later one.
    """
    newest = sa.select(Notice.id, _unread_by(own)).where(_told_within(scopes)).order_by(*_LAST_FIRST)
    return _mark((id_, unread) for id_, unread in db.execute(newest.limit(AT_ONCE)))


def _before(id_: UUID) -> sa.ColumnElement[bool]:
    """Whether a notice comes after that one in the list: both parts compared as one, so that the index is used."""
    last = orm.aliased(Notice)
    moment = sa.select(sa.func.coalesce(last.happened_at, last.told_at)).where(last.id == id_)
    seq = sa.select(last.seq).where(last.id == id_)
    return sa.tuple_(_MOMENT, Notice.seq) < sa.tuple_(moment.scalar_subquery(), seq.scalar_subquery())


def _mark(shown: Iterable[tuple[UUID, bool]]) -> str:
    return blake2s(b"".join(id_.bytes + bytes([unread]) for id_, unread in shown), digest_size=8).hexdigest()


def _row_of(notice: Notice, *, cancelled: bool, unread: bool, schools: Iterable[SchoolRow]) -> NoticeRow:
    return NoticeRow(
        id=notice.id,
        kind=notice.kind,
        told_at=notice.told_at,
        happened_at=notice.happened_at or notice.told_at,
        session_id=notice.session_id,
        title=notice.title,
        session_kind=notice.session_kind,
        starts_at=notice.starts_at,
        ends_at=notice.ends_at,
        place=notice.place,
        link=notice.link,
        reason=notice.reason,
        cancelled=cancelled,
        unread=unread,
        schools=tuple(schools),
    )


def _schools_told(
    db: orm.Session, notices: Iterable[int], scopes: Iterable[str]
) -> dict[int, list[SchoolRow]]:
    """The schools within the scopes that each notice went to, by region and code."""
    told: dict[int, list[SchoolRow]] = {seq: [] for seq in notices}
    table = roster_schools.c
    rows = db.execute(
        sa.select(
            Entry.notice_seq, Entry.school_id, table.name, table.name_en, table.region_name, Entry.read_at
        )
        .outerjoin(roster_schools, table.school_id == Entry.school_id)
        .where(Entry.notice_seq.in_(list(told)), _within(scopes))
        .order_by(table.region_code, table.code)
    )
    for seq, school_id, name, name_en, region_name, read_at in rows:
        told[seq].append(SchoolRow(school_id, name or "", name_en or "", region_name or "", read_at))
    return told


def _told_within(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(Entry.notice_seq == Notice.seq, _within(scopes))


def _unread_by(schools: Iterable[UUID]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Entry.notice_seq == Notice.seq, Entry.school_id.in_(list(schools)), Entry.read_at.is_(None)
    )


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
