"""Demonstration: what Haixi's schools lend, and who has booked it; one request waits for an answer."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.resources.bookings.model import Booking
from services.resources.demonstration_items import demonstrate_items
from services.resources.facilities.commands.keeping import keep_facility
from services.resources.facilities.model.facility import Facility, Terms
from shared.db import Transaction
from shared.ids import named

_ZONE = ZoneInfo("Asia/Shanghai")
_WEEK = {str(day): "08:00-18:00" for day in range(5)}
_SIX = {str(day): "08:00-21:00" for day in range(6)}

#: Code, region, name, kind, capacity, equipment, audiences, approval, hours.
_LENT = (
    ("3632801002", "632801", "录播室 A", "studio", 60, "录播主机 导播台 无线话筒", "all", "owner", _SIX),
    (
        "3632801001",
        "632801",
        "录播室",
        "studio",
        48,
        "录播主机 互动大屏",
        "region:632800",
        "automatic",
        _WEEK,
    ),
    ("3632802009", "632802", "录播室", "studio", 40, "录播主机 导播台", "region:632800", "owner", _WEEK),
    ("3632802009", "632802", "物理创新室", "classroom", 48, "数字化实验台", "region:632800", "owner", _WEEK),
    (
        "3632821022",
        "632821",
        "录播室",
        "studio",
        50,
        "录播主机 无线话筒",
        "region:632800",
        "automatic",
        _WEEK,
    ),
    ("3632822028", "632822", "录播室", "studio", 40, "录播主机", "region:632800", "owner", _WEEK),
    ("3632822030", "632822", "戏曲专用教室", "classroom", 36, "把杆 音响", "region:632800", "owner", _WEEK),
    ("3632821023", "632821", "移动录播车", "mobile", 0, "便携录播 卫星网络", "region:632800", "owner", _SIX),
    ("3520502001", "520502", "报告厅", "hall", 300, "投影 扩声", "all", "owner", _WEEK),
)
#: Which of the above, days ahead, from, to, school that borrows, its region, title, state.
_BOOKED = (
    (0, 0, "09:00", "10:30", "3632803013", "632803", "茫崖一中 · 直播课", "confirmed"),
    (0, 0, "14:30", "16:30", "3632801001", "632801", "联合教研·数学", "requested"),
    (1, 0, "09:00", "11:30", "3632802007", "632802", "集团备课", "confirmed"),
    (2, 0, "15:00", "17:00", "3632821022", "632821", "乌兰四中借用", "confirmed"),
    (0, 1, "10:00", "11:40", "3632803016", "632803", "同课异构录课", "requested"),
    (7, 0, "08:00", "17:30", "3632803013", "632803", "送教下乡", "confirmed"),
    (3, 1, "15:00", "16:30", "3632802008", "632802", "科学实验课", "requested"),
)


def demonstrate(tx: Transaction) -> None:
    """Enter all of it by the model's own methods: the roster's copy is still on its way from directory."""
    demonstrate_items(tx)
    lent = [_facility(tx, *each) for each in _LENT]
    today = tx.now.astimezone(_ZONE).date()
    monday = today + timedelta(days=1)
    while monday.weekday() > 3:  # noqa: PLR2004  the next day that has another working day after it
        monday += timedelta(days=1)
    for number, (which, days, start, end, code, region, title, state) in enumerate(_BOOKED):
        day = monday + timedelta(days=days)
        facility = lent[which]
        booking = Booking(
            id=named("demonstration-booking", str(number)),
            version=0,
            attempt=1,
            facility_id=facility.id,
            session_id=None,
            school_id=named("school", code),
            region_code=region,
            title=title,
            people=30,
            starts_at=datetime.combine(day, time.fromisoformat(start), _ZONE),
            ends_at=datetime.combine(day, time.fromisoformat(end), _ZONE),
            needs=["liaison"] if state == "requested" else [],
            agreed=[],
            reason="",
            asked_by=tx.actor,
            asked_at=tx.now,
            log=[],
        )
        tx.db.add(booking)
        if state == "requested":
            booking.turn("requested", at=tx.now, by=tx.actor, until=booking.starts_at)
            tx.emit(booking.task(name=facility.name, owner=facility.school_id, region=facility.region_code))
        else:
            tx.emit(booking.hold(until=booking.starts_at, at=tx.now, by=tx.actor))
            tx.emit(booking.confirm(at=tx.now, by=tx.actor))


def _facility(
    tx: Transaction,
    code: str,
    region: str,
    name: str,
    kind: str,
    capacity: int,
    equipment: str,
    audience: str,
    approval: str,
    hours: dict[str, str],
) -> Facility:
    id_: UUID = named("facility", f"{code}/{name}")
    terms = Terms(
        name=name,
        kind=kind,
        capacity=capacity,
        equipment=tuple(equipment.split()),
        hours=hours,
        audiences=(audience,),
        approval=approval,
        lead_hours=2,
        no_show_minutes=30 if kind == "studio" else 0,
    )
    return keep_facility(tx, id_=id_, school_id=named("school", code), region_code=region, terms=terms)
