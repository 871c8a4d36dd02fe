"""Who and what a session takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.breakouts.queries import groups_of
from services.scheduling.claims.model import Wanted, wanted_by
from services.scheduling.places.model import Place
from services.scheduling.programmes.model import Trainee
from services.scheduling.sessions.model import Session


@dataclass(frozen=True, slots=True)
class Company:
    """Who is busy while a session goes on, with their names; waiting: those of them who wait for a place in it."""

    people: Mapping[UUID, str]
    waiting: frozenset[UUID] = frozenset()


#: Made once and past the mapper, for that costs more than to ask it.
_places = Place.__table__.c
_PLACES = (
    sa.select(_places.enrolment_id, _places.person_id, _places.name, _places.state)
    .where(
        _places.enrolment_id.in_(sa.bindparam("enrolments", expanding=True, type_=sa.Uuid())),
        _places.state != "withdrawn",
    )
    .order_by(_places.number)
)


def company_of(db: orm.Session, sessions: Iterable[Session]) -> dict[UUID, Company]:
    """Who takes part in each session: its programme's roster and who has a place or waits for one. Two queries."""
    of = {session.id: session.programme_id for session in sessions}
    rosters = [id_ for id_ in set(of.values()) if id_ is not None]
    people: dict[UUID, dict[UUID, str]] = {id_: {} for id_ in (*of, *rosters)}
    waiting: dict[UUID, set[UUID]] = {id_: set() for id_ in people}
    if rosters:
        listed = db.execute(
            sa.select(Trainee.programme_id, Trainee.person_id, Trainee.name)
            .where(Trainee.programme_id.in_(rosters), Trainee.person_id.is_not(None))
            .order_by(Trainee.ordinal)
        )
        for programme_id, trainee, name in listed:
            if trainee is not None:
                people[programme_id][trainee] = name
    rows = db.execute(_PLACES, {"enrolments": list(people)})
    for enrolment_id, person_id, name, state in rows:
        people[enrolment_id].setdefault(person_id, name)
        if state == "waiting":
            waiting[enrolment_id].add(person_id)
    return {
        id_: Company(
            {**people.get(programme_id or id_, {}), **people[id_]},
            frozenset(waiting[id_] | waiting.get(programme_id or id_, set())),
        )
        for id_, programme_id in of.items()
    }


def wanted_of(db: orm.Session, sessions: Sequence[Session]) -> dict[UUID, list[Wanted]]:
    """All that each of the sessions takes, or would. Three queries."""
    company, groups = company_of(db, sessions), groups_of(db, [each.id for each in sessions])
    return {
        each.id: wanted_by(
            each,
            company[each.id].people,
            waiting=company[each.id].waiting,
            groups=groups.get(each.id, ()),
        )
        for each in sessions
    }
