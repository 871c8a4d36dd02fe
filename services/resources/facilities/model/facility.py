"""Facilities, and what their owners say of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base
from shared.contracts.resources import FacilityChanged
from shared.db import Aggregate
from shared.errors import Invalid
from shared.text import Sentence

KINDS: Mapping[str, Sentence] = {
    "studio": Sentence(zh="录播室", en="Recording studio"),
    "classroom": Sentence(zh="专用教室", en="Special classroom"),
    "hall": Sentence(zh="报告厅", en="Hall"),
    "mobile": Sentence(zh="移动设备", en="Mobile equipment"),
}
APPROVALS: Mapping[str, Sentence] = {
    "automatic": Sentence(zh="自动同意", en="Agreed by itself"),
    "owner": Sentence(zh="由所属学校同意", en="The owner agrees"),
}
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_HOURS = re.compile(r"(?P<start>([01]?\d|2[0-3]):[0-5]\d)\s*[-–—~～]\s*(?P<end>([01]?\d|2[0-4]):[0-5]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a facility is and on which terms it is lent.

    hours: of the weekdays that it is open on, 0 for Monday, as `08:00-18:00`. closed_days: ISO dates. audiences: who may borrow:
    `all`, `region:CODE`, `group:ID`, `school:ID`. border: a borrower of another prefecture needs the owner's coordinator, too.
    lead_hours: how long before it begins a booking must be asked for. no_show_minutes: how long after its start it is free again
    unless it was handed over; 0 for never by itself.
    """

    name: str
    kind: str = "studio"
    capacity: int = 0
    equipment: tuple[str, ...] = ()
    hours: Mapping[str, str]
    closed_days: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ("all",)
    approval: str = "owner"
    border: bool = True
    lead_hours: int = 0
    no_show_minutes: int = 0
    note: str = ""

    def insist(self) -> None:
        """Raises Invalid where the terms cannot be."""
        if not self.name:
            raise Invalid(Sentence(zh="请写明名称。", en="Give it a name."), field="name")
        if self.kind not in KINDS:
            raise Invalid(Sentence(zh="请选择类别。", en="Choose what it is."), field="kind")
        for weekday, said in self.hours.items():
            opened = opening(said)
            if opened is None or opened[0] >= opened[1]:
                day = WEEKDAYS[int(weekday)]
                raise Invalid(
                    Sentence(
                        zh=f"{day}的开放时间“{said}”看不明白，请写成 08:00-18:00，不开放就留空。",
                        en=f"The hours “{said}” of a day cannot be understood; write 08:00-18:00, or nothing where it is shut.",
                    ),
                    field=f"hours_{weekday}",
                )
        for day_ in self.closed_days:
            try:
                date.fromisoformat(day_)
            except ValueError:
                raise Invalid(
                    Sentence(
                        zh=f"没有“{day_}”这一天，请写成 2025-06-12。",
                        en=f"There is no day “{day_}”; write 2025-06-12.",
                    ),
                    field="closed_days",
                ) from None


def opening(said: str) -> tuple[time, time] | None:
    """From when to when, as `08:00-18:00` says it; None where it says nothing of the kind. 24:00 is the day's last minute."""
    found = _HOURS.fullmatch(said.strip().replace("：", ":"))
    if not found:
        return None
    end = found["end"]
    return _time(found["start"]), time(23, 59, 59) if end.startswith("24") else _time(end)


class Facility(Aggregate, Base):
    """A room or a piece of equipment that a school lends. See Terms for its fields."""

    __tablename__ = "facilities"

    school_id: Mapped[UUID] = mapped_column(index=True)
    region_code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    kind: Mapped[str]
    capacity: Mapped[int]
    equipment: Mapped[list[str]]
    hours: Mapped[dict[str, str]]
    closed_days: Mapped[list[str]]
    audiences: Mapped[list[str]]
    approval: Mapped[str]
    border: Mapped[bool]
    lead_hours: Mapped[int]
    no_show_minutes: Mapped[int]
    note: Mapped[str]
    retired_reason: Mapped[str]
    retired: Mapped[bool]

    @classmethod
    def enter(cls, *, id_: UUID, school_id: UUID, region_code: str, terms: Terms) -> "Facility":
        """A new one. Raises Invalid."""
        terms.insist()
        facility = cls(
            id=id_,
            version=1,
            school_id=school_id,
            region_code=region_code,
            retired=False,
            retired_reason="",
        )
        facility._follow(terms)
        return facility

    def revise(self, terms: Terms) -> FacilityChanged:
        """Lend it on other terms from now on; what is booked stays booked. Raises Invalid."""
        terms.insist()
        self._follow(terms)
        self.advance()
        return self.state()

    def retire(self, *, reason: str) -> FacilityChanged:
        """It is lent no more. Raises Invalid without a reason."""
        if not reason:
            raise Invalid(
                Sentence(zh="请写明停止外借的原因。", en="Say why it is lent no more."), field="reason"
            )
        self.retired, self.retired_reason = True, reason
        self.advance()
        return self.state()

    def state(self) -> FacilityChanged:
        """As it is now."""
        return FacilityChanged(
            facility_id=self.id,
            version=self.version,
            name=self.name,
            kind=self.kind,
            school_id=self.school_id,
            region_code=self.region_code,
            capacity=self.capacity,
            equipment=tuple(self.equipment),
            audiences=tuple(self.audiences),
            retired=self.retired,
        )

    def _follow(self, terms: Terms) -> None:
        self.name, self.kind, self.capacity = terms.name, terms.kind, terms.capacity
        self.equipment, self.hours = list(terms.equipment), dict(terms.hours)
        self.closed_days, self.audiences = list(terms.closed_days), list(terms.audiences)
        self.approval, self.border = terms.approval, terms.border
        self.lead_hours, self.no_show_minutes, self.note = terms.lead_hours, terms.no_show_minutes, terms.note


class FacilityAudience(Base):
    """Who may borrow a facility, a row for each: what lists filter by."""

    __tablename__ = "facility_audiences"

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facilities.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True, index=True)


def _time(said: str) -> time:
    hour, minute = said.split(":")
    return time(int(hour), int(minute))
