"""What happens to bookings by themselves, once their time has come."""

from datetime import timedelta

import sqlalchemy as sa

from services.resources.bookings.commands.asking import say_what_waits
from services.resources.bookings.model import Booking
from services.resources.facilities.model.facility import Facility
from shared.db import Transaction


def lapse_overdue(tx: Transaction) -> None:
    """What nobody answered or confirmed in time is free again."""
    due = tx.db.scalars(
        sa.select(Booking.id)
        .where(Booking.state.in_(("requested", "held")), Booking.until <= tx.now)
        .order_by(Booking.id)
        .limit(200)
    )
    for id_ in due.all():
        booking = tx.load(Booking, id_)
        if booking.why_not("lapse") is None and booking.until is not None and booking.until <= tx.now:
            tx.emit(booking.lapse(at=tx.now, by=tx.actor))
            if facility := tx.db.get(Facility, booking.facility_id):
                say_what_waits(tx, booking, facility)


def release_unused(tx: Transaction) -> None:
    """Free what nobody took over so many minutes after its start, where its owner has said how many."""
    waits = sa.select(Facility.no_show_minutes).where(Facility.no_show_minutes > 0).distinct()
    for minutes in tx.db.scalars(waits).all():
        due = tx.db.scalars(
            sa.select(Booking.id)
            .join(Facility, Facility.id == Booking.facility_id)
            .where(
                Facility.no_show_minutes == minutes,
                Booking.state == "confirmed",
                Booking.starts_at <= tx.now - timedelta(minutes=minutes),
            )
            .order_by(Booking.starts_at)
            .limit(200)
        )
        for id_ in due.all():
            booking = tx.load(Booking, id_)
            # Locked only now: it may have been handed over, or moved, since it was looked for.
            if booking.state == "confirmed" and booking.starts_at <= tx.now - timedelta(minutes=minutes):
                reason = f"开始 {minutes} 分钟后仍没有人来交接，场地已自动收回。"
                tx.emit(booking.end(cause="no_show", reason=reason, at=tx.now, by=tx.actor))
