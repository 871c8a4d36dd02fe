"""Reads about attendance, each in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.attendance.model import OPENS_BEFORE, CheckIn, Correction, Presence
from services.scheduling.hosting.model import may_host
from services.scheduling.places.model import Place
from services.scheduling.programmes.model import Trainee
from services.scheduling.sessions.model import Session
from shared.auth.states import account_states
from shared.errors import NotFound
from shared.roster import roster_people, roster_schools
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who is to come. id: of the row that expects them. school_id: where they work, if the register says.

    digits: the last four of their id number and of their phone, by which somebody without an account says who they are.
    """

    id: UUID
    person_id: UUID | None
    school_id: UUID | None
    name: str
    unit: str
    digits: frozenset[str]


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was changed of somebody afterwards. by: the actor; name: whose account that is, where the register knows."""

    was: str
    now: str
    reason: str
    by: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on the list of a door: who was expected, what was recorded of them, if anything, and its changes."""

    id: UUID
    name: str
    unit: str
    school_id: UUID | None
    presence: Presence | None
    corrections: tuple[Corrected, ...] = ()

    @property
    def corrected(self) -> int:
        """How often it was changed."""
        return len(self.corrections)


def check_in_within(
    db: orm.Session, check_in_id: UUID, *, hosts: Iterable[str], schools: Collection[UUID] = ()
) -> tuple[CheckIn, Session]:
    """The door and its session, for who hosts it and for the liaisons of schools that are invited. Raises NotFound."""
    door = db.get(CheckIn, check_in_id)
    session = db.get(Session, door.session_id) if door else None
    if door is None or session is None:
        raise no_such_door()
    if not may_host(hosts, session.host_region) and not set(schools) & set(session.invited_schools):
        raise no_such_door()
    return door, session


def door_of(db: orm.Session, session_id: UUID, starts_at: datetime) -> CheckIn | None:
    """The door of an occurrence, if it was made."""
    return db.scalar(
        sa.select(CheckIn).where(CheckIn.session_id == session_id, CheckIn.starts_at == starts_at)
    )


def doors_of(db: orm.Session, session_id: UUID) -> dict[datetime, CheckIn]:
    """The doors of a session by their start."""
    found = db.scalars(sa.select(CheckIn).where(CheckIn.session_id == session_id))
    return {door.starts_at: door for door in found}


def doors_for(
    db: orm.Session, person_id: UUID, *, start: datetime, end: datetime
) -> list[tuple[CheckIn, Session, Presence | None]]:
    """The open doors between two moments where somebody is expected, by time, and what is recorded of them. One query."""
    on_roster = sa.select(Trainee.id).where(
        Trainee.person_id == person_id, Trainee.programme_id == Session.programme_id
    )
    has_place = sa.select(Place.id).where(
        Place.person_id == person_id, Place.enrolment_id == Session.id, Place.state == "in"
    )
    rows = db.execute(
        sa.select(CheckIn, Session, Presence)
        .join(Session, Session.id == CheckIn.session_id)
        .outerjoin(Presence, sa.and_(Presence.check_in_id == CheckIn.id, Presence.person_id == person_id))
        .where(
            CheckIn.open,
            CheckIn.starts_at >= start,
            CheckIn.starts_at < end,
            sa.or_(on_roster.exists(), has_place.exists()),
        )
        .order_by(CheckIn.starts_at, CheckIn.id)
    )
    return [(door, session, presence) for door, session, presence in rows]


def doors_open(db: orm.Session, now: datetime) -> list[CheckIn]:
    """The doors that take codes at this moment. One query."""
    wanted = sa.select(CheckIn).where(
        CheckIn.open, CheckIn.starts_at <= now + OPENS_BEFORE, CheckIn.ends_at > now
    )
    return list(db.scalars(wanted.order_by(CheckIn.id)))


def expected_at(db: orm.Session, session: Session) -> list[Expected]:
    """Who is to come: the roster of its programme, or whoever has a place in it, in order. One query."""
    people, schools = roster_people.c, roster_schools.c
    if session.programme_id:
        rows = (
            sa.select(
                Trainee.id,
                Trainee.person_id,
                people.school_id,
                Trainee.name,
                sa.func.coalesce(sa.func.nullif(Trainee.unit, ""), schools.name, ""),
                people.id_last4,
                Trainee.phone,
            )
            .outerjoin(roster_people, people.person_id == Trainee.person_id)
            .outerjoin(roster_schools, schools.school_id == people.school_id)
            .where(Trainee.programme_id == session.programme_id)
            .order_by(Trainee.ordinal, Trainee.id)
        )
    else:
        rows = (
            sa.select(
                Place.id,
                Place.person_id,
                Place.school_id,
                Place.name,
                sa.func.coalesce(schools.name, ""),
                people.id_last4,
                sa.literal(""),
            )
            .outerjoin(roster_people, people.person_id == Place.person_id)
            .outerjoin(roster_schools, schools.school_id == Place.school_id)
            .where(Place.enrolment_id == session.id, Place.state == "in")
            .order_by(Place.number, Place.id)
        )
    return [
        Expected(id_, person, school, name, unit, frozenset({last4 or "", phone[-4:]} - {""}))
        for id_, person, school, name, unit, last4, phone in db.execute(rows)
    ]


def list_at(db: orm.Session, door: CheckIn, session: Session) -> list[Line]:
    """Everybody who was expected, in order, then those who came besides. Four queries."""
    of_door = sa.select(Presence).where(Presence.check_in_id == door.id).order_by(Presence.recorded_at)
    recorded = {each.participant_id: each for each in db.scalars(of_door)}
    corrected = _corrections_at(db, door)

    def times(presence: Presence | None) -> tuple[Corrected, ...]:
        return tuple(corrected.get(presence.id, ())) if presence else ()

    lines = []
    for one in expected_at(db, session):
        presence = recorded.pop(one.id, None)
        lines.append(Line(one.id, one.name, one.unit, one.school_id, presence, times(presence)))
    besides = [
        Line(each.participant_id, each.name, "", each.school_id, each, times(each))
        for each in recorded.values()
    ]
    return [*lines, *besides]


def no_such_door() -> NotFound:
    """The error for a door that is not there, or not theirs."""
    return NotFound(
        Sentence(
            zh="没有找到这次签到，或者它不在你的范围内。", en="There is no such check-in, or it is not yours."
        )
    )


def _corrections_at(db: orm.Session, door: CheckIn) -> dict[UUID, list[Corrected]]:
    """What was changed of each presence at a door, the first change first. Two queries."""
    of_door = sa.select(Presence.id).where(Presence.check_in_id == door.id)
    wanted = sa.select(Correction).where(Correction.presence_id.in_(of_door))
    rows = db.scalars(wanted.order_by(Correction.at, Correction.id)).all()
    names = _called(db, {row.by for row in rows})
    found: dict[UUID, list[Corrected]] = defaultdict(list)
    for row in rows:
        name = names.get(row.by, "")
        found[row.presence_id].append(Corrected(row.was, row.now, row.reason, row.by, name, row.at))
    return found


def _called(db: orm.Session, actors: Collection[str]) -> dict[str, str]:
    """The names of actors whose accounts are somebody's of the register."""
    if not actors:
        return {}
    people, states = roster_people.c, account_states.c
    accounts = []
    for actor in actors:
        with suppress(ValueError):  # a service's or an operator's
            accounts.append(UUID(actor.removeprefix("account:")))
    rows = db.execute(
        sa.select(states.account_id, people.name)
        .join(roster_people, people.person_id == states.person_id)
        .where(states.account_id.in_(accounts))
    )
    return {f"account:{account}": name for account, name in rows}
