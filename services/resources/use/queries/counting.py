"""How often items were used, and up to when that is known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.use.model import Click, Count, Lesson


@dataclass(frozen=True, slots=True)
class Lag:
    """What the figures do not hold yet. since: the moment of the oldest such click; None: they hold all."""

    clicks: int
    since: datetime | None


def sums_of(db: Session, items: Collection[UUID]) -> Mapping[UUID, Mapping[str, int]]:
    """How often each of the items was used in each way."""
    rows = db.execute(
        sa.select(Count.item_id, Count.kind, sa.func.sum(Count.number))
        .where(Count.item_id.in_(items))
        .group_by(Count.item_id, Count.kind)
    )
    told: dict[UUID, dict[str, int]] = {}
    for item_id, kind, number in rows:
        told.setdefault(item_id, {})[kind] = int(number)
    return told


def by_school(db: Session, item_id: UUID) -> list[tuple[UUID, Mapping[str, int]]]:
    """Whose people used an item, and how; the most first. The nil UUID stands for readers of no school."""
    rows = db.execute(
        sa.select(Count.school_id, Count.kind, sa.func.sum(Count.number))
        .where(Count.item_id == item_id)
        .group_by(Count.school_id, Count.kind)
    )
    told: dict[UUID, dict[str, int]] = {}
    for school_id, kind, number in rows:
        told.setdefault(school_id, {})[kind] = int(number)
    return sorted(told.items(), key=lambda each: (-sum(each[1].values()), str(each[0])))


def by_week(db: Session, item_id: UUID, *, since: date) -> Mapping[date, int]:
    """Uses of an item by the Monday of their weeks."""
    rows = db.execute(
        sa.select(Count.day, sa.func.sum(Count.number))
        .where(Count.item_id == item_id, Count.day >= since)
        .group_by(Count.day)
    )
    told: dict[date, int] = {}
    for day, number in rows:
        monday = date.fromordinal(day.toordinal() - day.weekday())
        told[monday] = told.get(monday, 0) + int(number)
    return told


def lessons_of(db: Session, item_id: UUID) -> list[Lesson]:
    """The lessons that were taught with an item, the latest first."""
    rows = sa.select(Lesson).where(Lesson.item_id == item_id).order_by(Lesson.day.desc(), Lesson.id)
    return list(db.scalars(rows.limit(50)))


def lag_of(db: Session) -> Lag:
    """What the figures do not hold yet."""
    row = db.execute(
        sa.select(sa.func.count(), sa.func.min(Click.at)).where(Click.counted_at.is_(None))
    ).one()
    return Lag(row[0], row[1])
