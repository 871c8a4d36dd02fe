"""The list of an inbox, in a fixed number of queries however many rows it answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.inbox.model import INVITING, Entry, Notice, with_names
from services.notifications.inbox.queries.naming import names_late
from services.notifications.inbox.queries.whose import archived_by, told_within, unread_by, within
from shared.roster.tables import roster_schools
from shared.text import Sentence

#: As the index is ordered.
_MOMENT = sa.func.coalesce(Notice.happened_at, Notice.told_at)
LAST_FIRST = (_MOMENT.desc(), Notice.seq.desc())

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
    of was cancelled since. unread: whether the reader, or a school for which the reader answers, has yet to read it;
    archived: whether it was put away for them. sentence: what is no session's says it all here; href: where one answers.
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
    archived: bool = False
    sentence: Sentence | None = None
    href: str = ""

    @property
    def titled(self) -> bool:
        """Whether it is about something with a title; the rest is called by its sentence."""
        return self.sentence is None or f"《{self.title}》" in self.sentence.zh

    @property
    def readings(self) -> int:
        """How many of `schools` have read it."""
        return sum(school.read_at is not None for school in self.schools)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of it. show: `unread`, `answer` (asks for an answer on another page), `archived`, or all that was not put away."""

    show: str = ""
    words: str = ""


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
    account: UUID | None = None,
    wanted: Wanted = Wanted(),
    before: UUID | None = None,
    limit: int | None = None,
) -> Inbox:
    """What schools within the scopes were told, at most `limit` or `AT_ONCE`, of before the notice `before`.

    What happened last comes first, and of one moment what was told last: what waited while this service was
    away arrives in any order, and is read in its own. own: the schools for which the reader answers. account: whose
    own copies are in it too. Two queries. Where there is no notice `before`, there is nothing before it.
    """
    scopes, own, limit = tuple(scopes), tuple(own), limit or AT_ONCE
    unread, archived = unread_by(own, account), archived_by(own, account)
    later = orm.aliased(Notice)
    cancelled = sa.exists().where(
        later.session_id == Notice.session_id,
        later.kind == "session_cancelled",
        Notice.kind.in_(INVITING),
    )
    chosen = (
        sa.select(Notice, cancelled, unread, archived)
        .where(told_within(scopes, account), *_only(wanted, unread=unread, archived=archived))
        .order_by(*LAST_FIRST)
    )
    if before is not None:
        chosen = chosen.where(_before(before))
    found = db.execute(chosen.limit(limit + 1)).all()
    shown = found[:limit]
    schools = _schools_told(db, [notice.seq for notice, *_ in shown], scopes)
    names = names_late(db, [notice.said_zh for notice, *_ in shown])
    notices = tuple(
        _row_of(
            notice, cancelled=off, unread=is_unread, archived=away, schools=schools[notice.seq], names=names
        )
        for notice, off, is_unread, away in shown
    )
    return Inbox(notices, older=notices[-1].id if len(found) > limit else None)


def mark_within(
    db: orm.Session, scopes: Iterable[str], *, own: Iterable[UUID] = (), account: UUID | None = None
) -> str:
    """The mark of what `inbox_within` would answer. One query.

    Of all of its ids, not of the newest alone: on PostgreSQL a notice may be committed after a later one.
    """
    own = tuple(own)
    newest = (
        sa.select(Notice.id, unread_by(own, account))
        .where(told_within(scopes, account), ~archived_by(own, account))
        .order_by(*LAST_FIRST)
    )
    return _mark((id_, unread) for id_, unread in db.execute(newest.limit(AT_ONCE)))


def _before(id_: UUID) -> sa.ColumnElement[bool]:
    """Whether a notice comes after that one in the list: both parts compared as one, so that the index is used."""
    last = orm.aliased(Notice)
    moment = sa.select(sa.func.coalesce(last.happened_at, last.told_at)).where(last.id == id_)
    seq = sa.select(last.seq).where(last.id == id_)
    return sa.tuple_(_MOMENT, Notice.seq) < sa.tuple_(moment.scalar_subquery(), seq.scalar_subquery())


def _mark(shown: Iterable[tuple[UUID, bool]]) -> str:
    return blake2s(b"".join(id_.bytes + bytes([unread]) for id_, unread in shown), digest_size=8).hexdigest()


def _row_of(
    notice: Notice,
    *,
    cancelled: bool,
    unread: bool,
    archived: bool,
    schools: Iterable[SchoolRow],
    names: Mapping[str, Sentence],
) -> NoticeRow:
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
        archived=archived,
        sentence=with_names(Sentence(zh=notice.said_zh, en=notice.said_en), names)
        if notice.said_zh
        else None,
        href=notice.href,
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
        .where(Entry.notice_seq.in_(list(told)), within(scopes))
        .order_by(table.region_code, table.code)
    )
    for seq, school_id, name, name_en, region_name, read_at in rows:
        told[seq].append(SchoolRow(school_id, name or "", name_en or "", region_name or "", read_at))
    return told


def _only(
    wanted: Wanted, *, unread: sa.ColumnElement[bool], archived: sa.ColumnElement[bool]
) -> Iterable[sa.ColumnElement[bool]]:
    yield archived if wanted.show == "archived" else ~archived
    if wanted.show == "unread":
        yield unread
    if wanted.show == "answer":
        yield Notice.href != ""
    for word in wanted.words.split()[:4]:
        yield Notice.title.icontains(word, autoescape=True)
