"""Reads about hours: what somebody has learned, over all programmes, and who of a school lacks how many."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.attendance.model import Presence
from services.scheduling.hours.model import HourRule, Rule
from services.scheduling.hours.policies import Attended, hours_each, rule_for, total
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
    hours = hours_each([_as_attended(row) for row in rows], rules_of(db))
    by_subject: dict[UUID, list[tuple[_Row, Decimal]]] = defaultdict(list)
    for row, each in zip(rows, hours, strict=True):
        by_subject[row.subject].append((row, each))
    found = []
    for those in by_subject.values():
        days = [row.starts_at.astimezone(ZONE).date() for row, _ in those]
        title = those[0][0].programme or those[0][0].title
        found.append(Learned(title, min(days), max(days), len(those), total(each for _, each in those)))
    return sorted(found, key=lambda one: one.last, reverse=True)


def standings(db: orm.Session, school_id: UUID, *, since: datetime) -> list[Standing]:
    """Everybody of a school with the hours since, who has the fewest first. Three queries."""
    people = roster_people.c
    of_school = sa.select(people.person_id, people.name, people.subject).where(
        people.school_id == school_id, sa.not_(people.left)
    )
    staff = db.execute(of_school.order_by(people.name)).all()
    rules = rules_of(db)
    by_person: dict[UUID | None, list[Attended]] = defaultdict(list)
    for row in _attended(db, [each.person_id for each in staff], since):
        by_person[row.person_id].append(_as_attended(row))
    found = [
        Standing(one.person_id, one.name, one.subject, total(hours_each(by_person[one.person_id], rules)))
        for one in staff
    ]
    return sorted(found, key=lambda one: one.hours)


def hours_by_participant(db: orm.Session, programme: Programme) -> dict[UUID, Decimal]:
    """学时 of everybody who was at a programme, by the row that expected them, as its region counted on each day."""
    rows = db.execute(
        sa.select(Presence.participant_id, Presence.starts_at, Presence.minutes)
        .join(Session, Session.id == Presence.session_id)
        .where(Session.programme_id == programme.id, Presence.state.in_(["present", "late"]))
    )
    attended: dict[UUID, list[Attended]] = defaultdict(list)
    for participant, starts_at, minutes in rows:
        attended[participant].append(Attended(starts_at, minutes, programme.host_region))
    rules = rules_of(db)
    return {one: total(hours_each(each, rules)) for one, each in attended.items()}


def share_asked(db: orm.Session, programme: Programme) -> int:
    """Percent of a programme's occurrences that its region asks to be attended, by the rule of its last day. Two queries."""
    last = db.scalar(sa.select(sa.func.max(Session.ends_at)).where(Session.programme_id == programme.id))
    if last is None:
        return Rule().share
    on = last.astimezone(ZONE).date()
    return rule_for(rules_of(db), region=programme.host_region, on=on).share


class _Row(NamedTuple):
    person_id: UUID | None
    starts_at: datetime
    minutes: int
    host_region: str
    subject: UUID
    title: str
    programme: str | None


def _as_attended(row: _Row) -> Attended:
    return Attended(row.starts_at, row.minutes, row.host_region)


def _attended(db: orm.Session, people: Iterable[UUID], since: datetime) -> list[_Row]:
    """What these people were at since. subject: the programme, or the session that is part of none."""
    wanted = (
        sa.select(
            Presence.person_id,
            Presence.starts_at,
            Presence.minutes,
            Session.host_region,
            sa.func.coalesce(Session.programme_id, Session.id),
            Session.title,
            Programme.title,
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
    return [_Row(*row) for row in db.execute(wanted)]
