"""The board: every school that was told, what it has said, by which channels it was told, and whom to call there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.announcements.model import Announcement, Receipt
from services.notifications.announcements.queries.concerned import contacts_of
from services.notifications.channels.model import Channel
from services.notifications.deliveries.model import DEAD, Delivery, Letter
from shared.roster import roster_schools

#: States of a delivery that reaches nobody.
_NOWHERE = (*DEAD, "skipped")


@dataclass(frozen=True, slots=True)
class Way:
    """What became of the last that went to a school by one of its channels: the delivery, which its page shows.

    kind: of `channels.model.KINDS`; state, reason: of a delivery, `deliveries.model.STATE_WORDS` and `REASONS`.
    """

    delivery_id: UUID
    kind: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A school on the board. state: `confirmed`, `read`, `failed` or `unopened`. escalated: its principal was told.

    failed: it has channels, and the last that went out went astray, without any left by which it may arrive. ways, contact: as `detailed` finds them.
    """

    school_id: UUID
    name: str
    name_en: str
    region_code: str
    region_name: str
    state: str
    read_at: datetime | None
    confirmed_at: datetime | None
    confirmed_name: str
    escalated: bool = False
    ways: tuple[Way, ...] = ()
    contact: str = ""


def board_of(db: orm.Session, announcement: Announcement) -> list[BoardRow]:
    """Every school that was told: confirmed, read, failed or unopened, by region and code. Two queries."""
    schools, receipt = (
        roster_schools.c,
        Receipt.__table__.c,
    )  # columns: an object for each of 3,000 rows takes its time
    lost = _lost(db, announcement)
    rows = db.execute(
        sa.select(*receipt, schools.name, schools.name_en, schools.region_code, schools.region_name)
        .outerjoin(roster_schools, schools.school_id == receipt.school_id)
        .where(receipt.announcement_id == announcement.id)
        .order_by(schools.region_code, schools.code, receipt.school_id)
    )
    found = []
    for row in rows:
        confirmed = row.edition == announcement.edition
        unread = "failed" if row.school_id in lost else "unopened"
        found.append(
            BoardRow(
                row.school_id,
                row.name or str(row.school_id),
                row.name_en or "",
                row.region_code or "",
                row.region_name or "",
                "confirmed" if confirmed else "read" if row.read_at else unread,
                row.read_at,
                row.confirmed_at if confirmed else None,
                row.confirmed_name if confirmed else "",
                escalated=bool(row.principals) and not confirmed,
            )
        )
    return found


def detailed(db: orm.Session, announcement: Announcement, rows: Sequence[BoardRow]) -> list[BoardRow]:
    """The same rows with the channels and the contact of each school. Three queries, however many rows there are."""
    schools = [row.school_id for row in rows]
    ways, contacts = _ways(db, announcement, schools), contacts_of(db, schools)
    return [
        replace(row, ways=tuple(ways.get(row.school_id, ())), contact=contacts.get(row.school_id, ""))
        for row in rows
    ]


def _lost(db: orm.Session, announcement: Announcement) -> set[UUID | None]:
    """The schools to which the last went astray, and by no channel arrived or is still under way."""
    last, number = _last(announcement), sa.func.count()
    astray = (
        sa.select(last.school_id)
        .group_by(last.school_id)
        .having(
            number.filter(last.state.in_(DEAD)) > 0,
            number.filter(last.state.not_in(_NOWHERE)) == 0,
        )
    )
    return set(db.scalars(astray))


def _ways(
    db: orm.Session, announcement: Announcement, schools: Sequence[UUID]
) -> dict[UUID | None, list[Way]]:
    last = _last(announcement, schools)
    told = (
        sa.select(last.school_id, last.id, Channel.kind, last.state, last.reason)
        .join(Channel, Channel.id == last.channel_id)
        .order_by(Channel.created_at, Channel.id)
    )
    found: dict[UUID | None, list[Way]] = {}
    for school_id, delivery_id, kind, state, reason in db.execute(told):
        found.setdefault(school_id, []).append(Way(delivery_id, kind, state, reason))
    return found


def _last(announcement: Announcement, schools: Sequence[UUID] | None = None) -> type[Delivery]:
    """The last delivery to each school by each of its channels, of these schools or of all: what came before counts no more."""
    place = sa.func.row_number().over(
        partition_by=(Delivery.school_id, Delivery.channel_id),
        order_by=(Delivery.queued_at.desc(), Delivery.id.desc()),
    )
    told = (
        sa.select(Delivery, place.label("place"))
        .join(Letter, Letter.notice_id == Delivery.notice_id)
        .where(Letter.link == announcement.page, Delivery.school_id.is_not(None))
    )
    placed = (told if schools is None else told.where(Delivery.school_id.in_(schools))).subquery()
    newest = sa.select(placed).where(placed.c.place == 1).subquery()
    return orm.aliased(Delivery, newest)
