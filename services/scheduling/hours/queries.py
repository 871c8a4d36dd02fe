"""Reads about hours: what somebody has learned, over all programmes, and who of a school lacks how many."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.attendance.model import Presence
from services.scheduling.hours.model import HourRule, Rule
from services.scheduling.hours.policies import Attended, hours_by_day, rule_for, total
from services.scheduling.plans.model import ZONE
from services.scheduling.programmes.model import Programme
from services.scheduling.sessions.model import Session
from shared.roster import roster_people

#: The years of indicator 16.
FIVE_YEARS = timedelta(days=5 * 365 + 1)


@dataclass(frozen=True, slots=True)
class Learned:
    """What somebody learned by one programme, or by one session that is part of none."""

    title: str
    first: date
    last: date
    times: int
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody of a school and the hours of the last five years."""

    person_id: UUID
    name: str
    subject: str
    hours: Decimal


def rules_of(db: orm.Session) -> list[Rule]:
    """All that regions have said, the latest first."""
    return [row.rule for row in db.scalars(sa.select(HourRule).order_by(HourRule.since.desc()))]


def learned_by(db: orm.Session, person_id: UUID, *, since: datetime) -> list[Learned]:
    """What somebody has attended since, by programme, the latest first. Two queries."""
    rows = _attended(db, [person_id], since)
    rules = rules_of(db)
    by_title: dict[tuple[str, str], list[Attended]] = defaultdict(list)
    for row in rows:
        by_title[(row.programme or row.title, row.host_region)].append(Attended(row.starts_at, row.minutes))
    found = []
    for (title, region), attended in by_title.items():
        days = [each.starts_at.astimezone(ZONE).date() for each in attended]
        rule = rule_for(rules, region=region, on=max(days))
        found.append(
            Learned(title, min(days), max(days), len(attended), total(hours_by_day(attended, rule).values()))
        )
    return sorted(found, key=lambda one: one.last, reverse=True)


def standings(db: orm.Session, school_id: UUID, *, since: datetime) -> list[Standing]:
    """Everybody of a school with the hours since, who has the fewest first. Three queries."""
    people = roster_people.c
    of_school = sa.select(people.person_id, people.name, people.subject).where(
        people.school_id == school_id, sa.not_(people.left)
    )
    staff = db.execute(of_school.order_by(people.name)).all()
    rules = rules_of(db)
    by_person: dict[UUID, dict[str, list[Attended]]] = defaultdict(lambda: defaultdict(list))
    for row in _attended(db, [each.person_id for each in staff], since):
        by_person[row.person_id][row.host_region].append(Attended(row.starts_at, row.minutes))
    found = [
        Standing(one.person_id, one.name, one.subject, _sum(by_person[one.person_id], rules)) for one in staff
    ]
    return sorted(found, key=lambda one: one.hours)


def hours_by_participant(db: orm.Session, programme: Programme, *, on: date) -> dict[UUID, Decimal]:
    """学时 of everybody who was at a programme, by the row that expected them, as its region counts on a day."""
    rows = db.execute(
        sa.select(Presence.participant_id, Presence.starts_at, Presence.minutes)
        .join(Session, Session.id == Presence.session_id)
        .where(Session.programme_id == programme.id, Presence.state.in_(["present", "late"]))
    )
    attended: dict[UUID, list[Attended]] = defaultdict(list)
    for participant, starts_at, minutes in rows:
        attended[participant].append(Attended(starts_at, minutes))
    rule = rule_for(rules_of(db), region=programme.host_region, on=on)
    return {one: total(hours_by_day(each, rule).values()) for one, each in attended.items()}


def _sum(by_region: dict[str, list[Attended]], rules: list[Rule]) -> Decimal:
    sums = []
    for region, attended in by_region.items():
        last = max(each.starts_at for each in attended).astimezone(ZONE).date()
        sums.append(total(hours_by_day(attended, rule_for(rules, region=region, on=last)).values()))
    return total(sums)


def _attended(
    db: orm.Session, people: Iterable[UUID], since: datetime
) -> list[sa.Row[tuple[UUID, datetime, int, str, str, str | None]]]:
    wanted = (
        sa.select(
            Presence.person_id,
            Presence.starts_at,
            Presence.minutes,
            Session.host_region,
            Session.title,
            Programme.title.label("programme"),
        )
        .join(Session, Session.id == Presence.session_id)
        .outerjoin(Programme, Programme.id == Session.programme_id)
        .where(
            Presence.person_id.in_(list(people)),
            Presence.state.in_(["present", "late"]),
            Presence.starts_at >= since,
        )
        .order_by(Presence.starts_at)
    )
    return list(db.execute(wanted).all())
