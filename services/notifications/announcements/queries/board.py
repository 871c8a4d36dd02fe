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


@dataclass(frozen=True, slots=True)
class Way:
    """What became of the last that went to a school by one of its channels. kind: of `channels.model.KINDS`; state: of a delivery."""

    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A school on the board. state: `confirmed`, `read`, `failed` or `unopened`. escalated: its principal was told.

    failed: how many deliveries did not arrive. ways, contact: as `detailed` finds them.
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
    failed: int
    escalated: bool = False
    ways: tuple[Way, ...] = ()
    contact: str = ""


def board_of(db: orm.Session, announcement: Announcement) -> list[BoardRow]:
    """Every school that was told: confirmed, read, failed or unopened, by region and code. Two queries."""
    schools = roster_schools.c
    failed = dict(
        db.execute(
            sa.select(Delivery.school_id, sa.func.count())
            .join(Letter, Letter.notice_id == Delivery.notice_id)
            .where(Letter.link == _page(announcement), Delivery.state.in_(DEAD))
            .group_by(Delivery.school_id)
        ).all()
    )
    rows = db.execute(
        sa.select(Receipt, schools.name, schools.name_en, schools.region_code, schools.region_name)
        .outerjoin(roster_schools, schools.school_id == Receipt.school_id)
        .where(Receipt.announcement_id == announcement.id)
        .order_by(schools.region_code, schools.code, Receipt.school_id)
    )
    found = []
    for receipt, name, name_en, code, region in rows:
        confirmed = receipt.edition == announcement.edition
        lost = failed.get(receipt.school_id, 0)
        state = "confirmed" if confirmed else "read" if receipt.read_at else "failed" if lost else "unopened"
        found.append(
            BoardRow(
                receipt.school_id,
                name or str(receipt.school_id),
                name_en or "",
                code or "",
                region or "",
                state,
                receipt.read_at,
                receipt.confirmed_at if confirmed else None,
                receipt.confirmed_name if confirmed else "",
                lost,
                escalated=bool(receipt.principals) and not confirmed,
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


def _ways(
    db: orm.Session, announcement: Announcement, schools: Sequence[UUID]
) -> dict[UUID | None, list[Way]]:
    told = db.execute(
        sa.select(Delivery.school_id, Delivery.channel_id, Channel.kind, Delivery.state)
        .join(Letter, Letter.notice_id == Delivery.notice_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(Letter.link == _page(announcement), Delivery.school_id.in_(schools))
        .order_by(Delivery.queued_at, Delivery.id)
    )
    last: dict[tuple[UUID | None, UUID], Way] = {}
    for school_id, channel_id, kind, state in told:
        last[school_id, channel_id] = Way(kind, state)
    found: dict[UUID | None, list[Way]] = {}
    for (school_id, _), way in last.items():
        found.setdefault(school_id, []).append(way)
    return found


def _page(announcement: Announcement) -> str:
    return f"/notifications/announcements/{announcement.id}"
