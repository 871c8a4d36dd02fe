"""Who lends, who may borrow, and whether a time can be had."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.resources.facilities.model.facility import WEEKDAYS, WEEKDAYS_EN, Facility, opening
from shared.auth import Role, covers, holders
from shared.auth.grants import significant
from shared.text import Sentence

#: Who keeps facilities: the liaison of their school, and the coordinators above it.
KEEPERS: tuple[Role, ...] = ("administrator", "coordinator", "liaison")
KEEP = holders(*KEEPERS)

#: Longer than this is no booking but a loan.
LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: `scopes` they look after, `schools` they answer for."""

    scopes: frozenset[str]
    schools: frozenset[UUID] = frozenset()

    def answers_for(self, *, school: UUID | None, region: str) -> bool:
        """Whether a school, or a region where no school is said, is theirs."""
        return school in self.schools or any(
            covers(scope, region=region, school=str(school)) for scope in self.scopes
        )

    def looks_after(self, region: str) -> bool:
        """Whether they coordinate the region."""
        return any(covers(scope, region=region) for scope in self.scopes)


@dataclass(frozen=True, slots=True)
class Borrower:
    """For whom a facility is asked: a school with its groups, or a region that hosts a session."""

    school_id: UUID | None
    region_code: str
    groups: frozenset[str] = frozenset()


def may_borrow(facility: Facility, borrower: Borrower) -> bool:
    """Whether the terms let them. A region may borrow what lies in it: it looks after the owner."""
    if borrower.school_id == facility.school_id:
        return True
    if borrower.school_id is None and facility.region_code.startswith(significant(borrower.region_code)):
        return True
    return any(
        audience in {"all", f"school:{borrower.school_id}"} | borrower.groups
        or (audience.startswith("region:") and covers(audience, region=borrower.region_code))
        for audience in facility.audiences
    )


def needs(facility: Facility, borrower: Borrower) -> list[str]:
    """Who has to agree: the owner's liaison, and across a prefecture's border the owner's coordinator, too."""
    if borrower.school_id == facility.school_id:
        return []
    abroad = facility.border and borrower.region_code[:4] != facility.region_code[:4]
    return [*(["liaison"] if facility.approval == "owner" else []), *(["coordinator"] if abroad else [])]


def why_not(  # noqa: PLR0911  one answer for each reason
    facility: Facility,
    borrower: Borrower,
    *,
    starts_at: datetime,
    ends_at: datetime,
    people: int,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[Sentence, str] | None:
    """Why it cannot be had then, whoever else has it, and the field at fault; None where it can."""
    if facility.retired:
        return Sentence(zh="这个场地已停止外借。", en="It is lent no more."), "facility_id"
    if not may_borrow(facility, borrower):
        return Sentence(zh="这个场地不对你们开放。", en="It is not lent to you."), "facility_id"
    if ends_at <= starts_at:
        return Sentence(zh="结束时间要晚于开始时间。", en="It must end after it begins."), "ends_at"
    if starts_at <= now:
        return Sentence(
            zh="这个时间已经过去，请另选。", en="That time has passed; choose another."
        ), "starts_at"
    if ends_at - starts_at > LONGEST:
        return Sentence(
            zh="一次最多借一天，请分开借。", en="A booking is a day at most; make several."
        ), "ends_at"
    if starts_at < now + timedelta(hours=facility.lead_hours):
        return (
            Sentence(
                zh=f"至少要提前 {facility.lead_hours} 小时申请。",
                en=f"It must be asked for {facility.lead_hours} hours before.",
            ),
            "starts_at",
        )
    if facility.capacity and people > facility.capacity:
        return (
            Sentence(
                zh=f"这里只能容纳 {facility.capacity} 人，你填了 {people} 人。",
                en=f"It has room for {facility.capacity}; you said {people}.",
            ),
            "people",
        )
    return why_shut(facility, starts_at.astimezone(zone), ends_at.astimezone(zone))


def why_shut(facility: Facility, start: datetime, end: datetime) -> tuple[Sentence, str] | None:
    """Why it is not open then, in the owner's own zone; None where it is."""
    day = start.date()
    if day.isoformat() in facility.closed_days:
        return Sentence(zh="这一天不开放。", en="It is closed on that day."), "starts_at"
    weekday = start.weekday()
    said = facility.hours.get(str(weekday), "")
    open_ = opening(said)
    if open_ is None:
        return (
            Sentence(zh=f"{WEEKDAYS[weekday]}不开放。", en=f"It is closed on {WEEKDAYS_EN[weekday]}."),
            "starts_at",
        )
    closing = Sentence(
        zh=f"当天开放 {said}，请在这段时间内借用。", en=f"It is open {said} on that day; stay within it."
    )
    if start.time() < open_[0]:
        return closing, "starts_at"
    if end.date() != day or end.time() > open_[1]:
        return closing, "ends_at"
    return None


def nearest_free(
    facility: Facility,
    taken: Collection[tuple[datetime, datetime]],
    *,
    starts_at: datetime,
    ends_at: datetime,
    zone: ZoneInfo,
    now: datetime,
    most: int = 2,
) -> list[tuple[datetime, datetime]]:
    """The nearest times of the same length within a week at which nobody has it, by half hours."""
    length, found = ends_at - starts_at, []
    earliest = now + timedelta(hours=facility.lead_hours)
    for step in range(1, 7 * 48):
        for shift in (timedelta(minutes=30 * step), timedelta(minutes=-30 * step)):
            start = starts_at + shift
            end = start + length
            if start <= earliest or any(start < until and from_ < end for from_, until in taken):
                continue
            if why_shut(facility, start.astimezone(zone), end.astimezone(zone)) is None:
                found.append((start, end))
                if len(found) == most:
                    return found
    return found
