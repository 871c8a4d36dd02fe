"""Attendance at a scheduled session becomes evidence by itself."""

from datetime import timedelta

import sqlalchemy as sa

from services.exchange.duties.commands.writing import count_anew, opened
from services.exchange.duties.model import HOUR, MOST_HOURS, SESSION_KINDS, Duty
from services.exchange.placements.model import Placement
from shared.contracts.scheduling import AttendanceRecorded
from shared.db import Transaction
from shared.ids import named

_THERE = frozenset({"present", "late"})
_PLACED = ("agreed", "active", "midterm", "returned", "ended_early")


def hear_attendance(tx: Transaction, event: AttendanceRecorded) -> None:
    """Enter what a sign-in sheet says of somebody who is placed; follow it where it is corrected.

    What the host has declined stays declined. After the appraisal nothing is entered any more.
    """
    kind = SESSION_KINDS.get(event.kind)
    if kind is None:
        return
    was_there = event.state in _THERE and event.minutes > 0
    known = tx.db.scalar(sa.select(Duty).where(Duty.presence_id == event.presence_id))
    if known is None and not was_there:
        return
    day = (event.starts_at + timedelta(hours=8)).date()
    placement = tx.db.get(Placement, known.placement_id) if known else _placed(tx, event, day)
    if placement is None or placement.state not in _PLACED:
        return
    book = opened(tx, placement.id)
    if known is None:
        known = Duty(
            id=named("exchange.duty", str(event.presence_id)),
            placement_id=placement.id,
            state="confirmed",
            reason="",
            party="",
            session_id=event.session_id,
            presence_id=event.presence_id,
            by=tx.actor,
            at=tx.now,
        )
        tx.db.add(known)
    elif (known.presence_version or 0) >= event.version:
        return
    known.presence_version, known.kind, known.done_on, known.text = event.version, kind, day, event.title
    known.amount = min(MOST_HOURS, max(1, event.minutes // HOUR)) if kind == "mentoring_hours" else 1
    if known.state != "declined":
        known.state = "confirmed" if was_there else "withdrawn"
    count_anew(tx, book, placement)


def _placed(tx: Transaction, event: AttendanceRecorded, day: object) -> Placement | None:
    """The placement of the person on that day."""
    return tx.db.scalars(
        sa.select(Placement)
        .where(
            Placement.person_id == event.person_id,
            Placement.taking,
            Placement.state.in_(_PLACED),
            Placement.starts_on <= day,
            sa.func.coalesce(Placement.left_on, Placement.ends_on) >= day,
        )
        .order_by(Placement.starts_on)
    ).first()
