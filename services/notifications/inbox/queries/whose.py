"""Whose a notice is, and whether they are through with it: conditions of the inbox's reads."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from services.notifications.inbox.model import Copy, Entry, Notice
from shared.auth.grants import significant
from shared.roster.tables import roster_schools

#: Digits that name a county.
_COUNTY = 6


def told_within(scopes: Iterable[str], account: UUID | None = None) -> sa.ColumnElement[bool]:
    """Whether a school within the scopes was told, or the person."""
    scopes = set(scopes)
    wide = {scope for scope in scopes if _is_wide(scope)}
    told: list[sa.ColumnElement[bool]] = [] if account is None else [_copied(account)]
    if scopes - wide:
        told.append(sa.exists().where(Entry.notice_seq == Notice.seq, within(scopes - wide)))
    if wide:
        told.append(_found(wide))
    return sa.or_(sa.false(), *told)


def _found(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    """As `exists`, but looked up for each notice in turn.

    PostgreSQL would read every entry once to know all notices of a prefecture at once, where the newest fifty notices
    have fifty of them.
    """
    found = sa.select(sa.literal(1)).where(Entry.notice_seq == Notice.seq, within(scopes)).limit(1)
    return found.correlate(Notice).scalar_subquery().is_not(None)


def _is_wide(scope: str) -> bool:
    """Whether much of what is told is told there, too: a prefecture, a province."""
    kind, _, value = scope.partition(":")
    return kind == "region" and len(significant(value)) < _COUNTY


def unread_by(schools: Iterable[UUID], account: UUID | None) -> sa.ColumnElement[bool]:
    """Whether one of the schools, or the person, has yet to read it."""
    unread = _entered(schools, Entry.read_at.is_(None))
    return unread if account is None else sa.or_(unread, _copied(account, Copy.read_at.is_(None)))


def archived_by(schools: Iterable[UUID], account: UUID | None) -> sa.ColumnElement[bool]:
    """Whether it was put away for one of the schools, or by the person."""
    away = _entered(schools, Entry.archived_at.is_not(None))
    return away if account is None else sa.or_(away, _copied(account, Copy.archived_at.is_not(None)))


def _entered(schools: Iterable[UUID], *also: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(Entry.notice_seq == Notice.seq, Entry.school_id.in_(list(schools)), *also)


def _copied(account: UUID, *also: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(Copy.notice_seq == Notice.seq, Copy.account_id == account, *also)


def within(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether an entry's school lies in one of the scopes."""
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
