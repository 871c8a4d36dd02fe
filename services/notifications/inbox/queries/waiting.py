"""What waits to be read, and whom a notice concerns."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.inbox.model import ASKING, INVITING, Entry, Notice
from services.notifications.inbox.queries.listing import LAST_FIRST
from services.notifications.inbox.queries.whose import told_within
from shared.auth.grants import significant
from shared.auth.states import account_states
from shared.contracts.notifications import NotificationsTask

_AT_ONCE = 500


def accounts_concerned(db: orm.Session, regions: Iterable[str], people: Collection[UUID]) -> list[UUID]:
    """The accounts that work of the regions' coordinators, and of these people, each once. A query a region and level.

    Where a region has no coordinator, those of the region above it are told: somebody always hears.
    """
    found: dict[UUID, None] = {}
    for region in regions:
        found |= dict.fromkeys(_coordinators(db, region))
    several, table = list(people), account_states.c
    for start in range(0, len(several), _AT_ONCE):
        some = several[start : start + _AT_ONCE]
        theirs = sa.select(table.account_id).where(table.person_id.in_(some), table.enabled)
        found |= dict.fromkeys(db.scalars(theirs))
    return list(found)


def _coordinators(db: orm.Session, region: str) -> list[UUID]:
    table, code = account_states.c, significant(region)
    while code:
        grant = f'"coordinator@region:{code.ljust(6, "0")}"'
        holds = sa.cast(table.grants, sa.String).contains(grant, autoescape=True)
        found = list(db.scalars(sa.select(table.account_id).where(holds, table.enabled)))
        if found:
            return found
        code = code[:-2]
    return []


def unread_by(db: orm.Session, schools: Iterable[UUID]) -> int:
    """How many notices some of these schools have yet to read. One query."""
    unread = sa.exists().where(
        Entry.notice_seq == Notice.seq, Entry.school_id.in_(list(schools)), Entry.read_at.is_(None)
    )
    return db.scalar(sa.select(sa.func.count()).select_from(Notice).where(unread)) or 0


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
        .where(*titled, told_within(tuple(scopes)))
        .order_by(*LAST_FIRST)
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
        .where(~Notice.href.startswith(ASKING))
        .order_by(Notice.seq, Entry.school_id)
    )
    for entry, notice, when in db.execute(every).yield_per(500):
        yield entry.task(notice, called_off=when)
