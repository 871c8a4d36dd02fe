"""Reads about announcements: the sender's list and board, and what a school was told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.announcements.model import Announcement, File, Receipt
from shared.auth.grants import significant
from shared.contracts.notifications import NotificationsTask
from shared.errors import NotFound
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class Listed:
    """An announcement in its sender's list. told, confirmed: schools."""

    id: UUID
    title: str
    state: str
    asks: bool
    confirm_by: datetime | None
    at: datetime
    told: int
    confirmed: int


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of an announcement, without its bytes."""

    id: UUID
    name: str
    size: int


def hosted(scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether an announcement was made for a region in the scopes."""
    wanted: list[sa.ColumnElement[bool]] = [sa.false()]
    for scope in scopes:
        if scope == "all":
            wanted.append(sa.true())
        elif scope.startswith("region:"):
            code = significant(scope.removeprefix("region:"))
            wanted.append(Announcement.host_region.startswith(code, autoescape=True))
    return sa.or_(*wanted)


def announcements_within(db: orm.Session, scopes: Iterable[str]) -> list[Listed]:
    """What coordinators of the scopes have written, the latest first. One query."""
    confirmed = sa.case((Receipt.edition == Announcement.edition, 1), else_=0)
    rows = db.execute(
        sa.select(
            Announcement.id,
            Announcement.title,
            Announcement.state,
            Announcement.asks,
            Announcement.confirm_by,
            sa.func.coalesce(Announcement.sent_at, Announcement.send_at, Announcement.drafted_at).label("at"),
            sa.func.count(Receipt.school_id),
            sa.func.coalesce(sa.func.sum(confirmed), 0),
        )
        .outerjoin(Receipt, Receipt.announcement_id == Announcement.id)
        .where(hosted(scopes))
        .group_by(Announcement.id)
        .order_by(sa.desc("at"), Announcement.id)
        .limit(200)
    )
    return [Listed(*row) for row in rows]


def announcement_within(db: orm.Session, announcement_id: UUID, scopes: Iterable[str]) -> Announcement:
    """One that a coordinator of the scopes may see. Raises NotFound."""
    found = db.scalar(sa.select(Announcement).where(Announcement.id == announcement_id, hosted(scopes)))
    if found is None:
        raise no_such_announcement()
    return found


def announcement_for(
    db: orm.Session, announcement_id: UUID, schools: Iterable[UUID]
) -> tuple[Announcement, Receipt]:
    """One that some of these schools were told of, with the receipt of the first. Raises NotFound."""
    wanted = (
        sa.select(Announcement, Receipt)
        .join(Receipt, Receipt.announcement_id == Announcement.id)
        .where(Announcement.id == announcement_id, Receipt.school_id.in_(list(schools)))
        .order_by(Receipt.school_id)
    )
    found = db.execute(wanted).first()
    if found is None:
        raise no_such_announcement()
    return found[0], found[1]


def received(
    db: orm.Session, schools: Iterable[UUID], *, limit: int = 20
) -> list[tuple[Announcement, Receipt]]:
    """What these schools were told by announcements, what waits for them first, then the latest. One query.

    Of a session the inbox has the notice itself.
    """
    waits = sa.and_(Announcement.asks, Announcement.state == "sent", Receipt.edition != Announcement.edition)
    wanted = (
        sa.select(Announcement, Receipt)
        .join(Receipt, Receipt.announcement_id == Announcement.id)
        .where(Receipt.school_id.in_(list(schools)), Announcement.session_id.is_(None))
        .order_by(sa.case((waits, 0), else_=1), Receipt.told_at.desc(), Announcement.id)
    )
    return [(announcement, receipt) for announcement, receipt in db.execute(wanted.limit(limit))]


def unconfirmed(db: orm.Session, announcement: Announcement, *, most: int | None = None) -> Sequence[UUID]:
    """The schools that have not confirmed this edition, at most so many of them. One query."""
    wanted = sa.select(Receipt.school_id).where(
        Receipt.announcement_id == announcement.id, Receipt.edition != announcement.edition
    )
    return db.scalars(wanted.order_by(Receipt.school_id).limit(most)).all()


def announcement_tasks(db: orm.Session) -> Iterator[NotificationsTask]:
    """Of every school whether it has to confirm, and of every announcement whether its coordinators look after it."""
    missing = (
        sa.select(sa.func.count())
        .select_from(Receipt)
        .where(Receipt.announcement_id == Announcement.id, Receipt.edition != Announcement.edition)
        .scalar_subquery()
    )
    told = sa.select(Announcement, missing).where(Announcement.sent_at.is_not(None), Announcement.asks)
    for announcement, number in db.execute(told.order_by(Announcement.id)).all():
        receipts = sa.select(Receipt).where(Receipt.announcement_id == announcement.id)
        for receipt in db.scalars(receipts.order_by(Receipt.school_id)):
            yield receipt.task(
                announcement, at=receipt.confirmed_at or announcement.withdrawn_at or receipt.told_at
            )
        if announcement.escalated_at is not None:
            over = number == 0 or announcement.state == "withdrawn"
            yield announcement.missing_task(
                missing=number, closed_at=announcement.escalated_at if over else None
            )


def files_of(db: orm.Session, announcement_id: UUID) -> list[Attached]:
    """What is attached, by name."""
    rows = db.execute(
        sa.select(File.id, File.name, File.size)
        .where(File.announcement_id == announcement_id)
        .order_by(File.name, File.id)
    )
    return [Attached(*row) for row in rows]


def no_such_announcement() -> NotFound:
    """The error for one that is not there, or not theirs."""
    return NotFound(
        Sentence(
            zh="没有找到这份通知，或者它不是发给你们的。", en="There is no such notice, or it is not for you."
        )
    )
