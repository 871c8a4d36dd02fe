"""Reads of the log: lists within scopes, one delivery with its attempts, and why somebody did or did not get a notice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.channels.model import Channel
from services.notifications.deliveries.model import DEAD, WAITING, Attempt, Delivery, Letter
from shared.roster import lies_in
from shared.roster.tables import roster_schools
from shared.text import Sentence

#: Rows that are counted; behind them a list says "more than".
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Underway:
    """What is on its way by one kind of channel. late_since: when the first of those should have gone out that have not."""

    kind: str
    waiting: int
    sending: int
    in_doubt: int
    late_since: datetime | None


def under_way(db: Session, *, at: datetime) -> list[Underway]:
    """By kind of channel what waits, is being sent, and is in doubt; kinds with none of them are left out. One query."""
    row = Delivery
    waits, sends, doubts = row.state.in_(WAITING), row.state == "sending", row.state == "in_doubt"
    number, late = sa.func.count(), sa.func.min(row.due_at)
    found = (
        sa.select(
            Channel.kind,
            number.filter(waits),
            number.filter(sends),
            number.filter(doubts),
            late.filter(waits, row.due_at <= at),
        )
        .join(Channel, Channel.id == row.channel_id)
        .where(sa.or_(waits, sends, doubts))
        .group_by(Channel.kind)
        .order_by(Channel.kind)
    )
    return [Underway(*each) for each in db.execute(found)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A line of the log. school: its name, empty where the recipient is somebody's own account."""

    id: UUID
    notice_id: UUID
    recipient: str
    school: Sentence | None
    subject: Sentence
    class_name: str
    kind: str
    channel: str
    state: str
    reason: str
    layer: str
    attempts: int
    queued_at: datetime
    due_at: datetime
    done_at: datetime | None
    channel_id: UUID
    channel_alive: bool
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is looked for. state: one, or `dead` for those that need somebody."""

    state: str = ""
    kind: str = ""
    words: str = ""
    notice_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """A stretch of it."""

    rows: Sequence[DeliveryRow]
    total: int


def log_within(
    db: Session,
    scopes: Collection[str],
    own: Collection[str],
    *,
    wanted: Filter,
    limit: int,
    offset: int = 0,
    everybody: bool = False,
) -> Log:
    """The deliveries to schools in the scopes and to these recipients, the last queued first. Two queries.

    everybody: also those to other people's own accounts, for operators.
    """
    chosen = _chosen(scopes, own, wanted)[1:] if everybody else _chosen(scopes, own, wanted)
    counted = (
        sa.select(Delivery.id).join(Letter).join(Channel).outerjoin(roster_schools, _OF_SCHOOL).where(*chosen)
    )
    total = db.scalar(sa.select(sa.func.count()).select_from(counted.limit(COUNTED).subquery())) or 0
    newest = (
        _rows().where(*chosen).order_by(Delivery.queued_at.desc(), Delivery.id).limit(limit).offset(offset)
    )
    return Log([_row(row) for row in db.execute(newest)], total)


def dead_within(db: Session, scopes: Collection[str], own: Collection[str], *, wanted: Filter) -> list[UUID]:
    """The dead ones among those that match, at most `COUNTED`. One query."""
    chosen = (*_chosen(scopes, own, wanted), Delivery.state.in_(DEAD))
    found = (
        sa.select(Delivery.id).join(Letter).join(Channel).outerjoin(roster_schools, _OF_SCHOOL).where(*chosen)
    )
    return list(db.scalars(found.limit(COUNTED)))


def delivery_within(
    db: Session, scopes: Collection[str], own: Collection[str], delivery_id: UUID
) -> DeliveryRow | None:
    """One of them, if the reader may see it. One query."""
    row = db.execute(_rows().where(Delivery.id == delivery_id, _seen(scopes, own))).one_or_none()
    return _row(row) if row else None


def attempts_at(db: Session, delivery_id: UUID) -> Sequence[Attempt]:
    """Every try, the first one first."""
    return db.scalars(sa.select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(Attempt.id)).all()


def _rows() -> sa.Select[Any]:
    return (
        sa.select(Delivery, Letter, Channel, _SCHOOLS.name, _SCHOOLS.name_en)
        .join(Letter, Letter.notice_id == Delivery.notice_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .outerjoin(roster_schools, _OF_SCHOOL)
    )


def _chosen(
    scopes: Collection[str], own: Collection[str], wanted: Filter
) -> tuple[sa.ColumnElement[bool], ...]:
    found = [_seen(scopes, own)]
    if wanted.state == "dead":
        found.append(Delivery.state.in_(DEAD))
    elif wanted.state:
        found.append(Delivery.state == wanted.state)
    if wanted.kind:
        found.append(Channel.kind == wanted.kind)
    if wanted.notice_id:
        found.append(Delivery.notice_id == wanted.notice_id)
    for word in wanted.words.split()[:4]:
        columns = (Letter.subject_zh, Letter.subject_en, _SCHOOLS.name, Channel.name)
        found.append(sa.or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return tuple(found)


def _seen(scopes: Collection[str], own: Collection[str]) -> sa.ColumnElement[bool]:
    """What the reader may see: of the schools looked after, and what is the reader's own."""
    lies = sa.or_(sa.false(), *(lies_in(scope) for scope in scopes))
    schools = sa.select(_SCHOOLS.school_id).where(lies)
    seen = sa.or_(Delivery.school_id.in_(schools), Delivery.recipient.in_(sorted(own)))
    return sa.or_(seen, Delivery.school_id.is_not(None)) if "all" in scopes else seen


def _row(row: Any) -> DeliveryRow:  # noqa: ANN401  a row of three tables
    delivery, letter, channel, name, name_en = row
    return DeliveryRow(
        id=delivery.id,
        notice_id=delivery.notice_id,
        recipient=delivery.recipient,
        school=Sentence(zh=name, en=name_en or name) if name else None,
        subject=Sentence(zh=letter.subject_zh, en=letter.subject_en),
        class_name=letter.class_name,
        kind=channel.kind,
        channel=channel.name,
        state=delivery.state,
        reason=delivery.reason,
        layer=delivery.layer,
        attempts=delivery.attempts,
        queued_at=delivery.queued_at,
        due_at=delivery.due_at,
        done_at=delivery.done_at,
        channel_id=delivery.channel_id,
        channel_alive=channel.alive,
        sender=letter.sender,
    )


_SCHOOLS = roster_schools.c
_OF_SCHOOL = _SCHOOLS.school_id == Delivery.school_id
