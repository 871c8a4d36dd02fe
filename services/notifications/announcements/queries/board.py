"""The board: every school that was told, and what it has said."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.announcements.model import Announcement, Receipt
from services.notifications.deliveries.model import Delivery, Letter
from shared.roster import roster_schools


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A school on the board. state: `confirmed`, `read`, `failed` or `unopened`. escalated: its principal was told."""

    school_id: UUID
    name: str
    region_code: str
    region_name: str
    state: str
    read_at: datetime | None
    confirmed_at: datetime | None
    confirmed_name: str
    failed: int
    escalated: bool = False


def board_of(db: orm.Session, announcement: Announcement) -> list[BoardRow]:
    """Every school that was told: confirmed, read, failed or unopened, by region and code. Two queries."""
    schools = roster_schools.c
    failed = dict(
        db.execute(
            sa.select(Delivery.school_id, sa.func.count())
            .join(Letter, Letter.notice_id == Delivery.notice_id)
            .where(
                Letter.link == f"/notifications/announcements/{announcement.id}",
                Delivery.state.in_(["given_up", "in_doubt"]),
            )
            .group_by(Delivery.school_id)
        ).all()
    )
    rows = db.execute(
        sa.select(Receipt, schools.name, schools.region_code, schools.region_name)
        .outerjoin(roster_schools, schools.school_id == Receipt.school_id)
        .where(Receipt.announcement_id == announcement.id)
        .order_by(schools.region_code, schools.code, Receipt.school_id)
    )
    found = []
    for receipt, name, code, region in rows:
        confirmed = receipt.edition == announcement.edition
        lost = failed.get(receipt.school_id, 0)
        state = "confirmed" if confirmed else "read" if receipt.read_at else "failed" if lost else "unopened"
        found.append(
            BoardRow(
                receipt.school_id,
                name or str(receipt.school_id),
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
