"""Reads about claims, each in a fixed number of queries."""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.breakouts.queries import groups_of
from services.scheduling.claims.model import Claim, Conflict, Held, Offer, Wanted, wanted_by
from services.scheduling.claims.policies import DAYS_AROUND, clashes, free_times
from services.scheduling.hosting.model import may_host
from services.scheduling.placed.queries import apart, placed_of, struck_of, titles_of
from services.scheduling.places.model import Place
from services.scheduling.plans.model import LASTS_AT_MOST, ZONE
from services.scheduling.programmes.model import Trainee
from services.scheduling.sessions.model import Session

#: Things asked for in one statement: SQLite takes 32,766 values in one, and the plan stays an index scan.
_AT_ONCE = 5_000

#: Made once, for to make it costs more than to ask it.
_HELD_OR_WISHED = (
    sa.select(
        Claim.what,
        Claim.starts_at,
        Claim.ends_at,
        Claim.blocking,
        Claim.session_id,
        Session.title,
        Session.host_region,
        Session.programme_id,
    )
    .join(Session, Session.id == Claim.session_id)
    .where(
        Claim.what.in_(sa.bindparam("things", expanding=True)),
        Claim.starts_at < sa.bindparam("end"),
        Claim.starts_at > sa.bindparam("longest_ago"),
        Claim.ends_at > sa.bindparam("start"),
        Claim.session_id.not_in(sa.bindparam("besides", expanding=True)),
    )
)
_HELD = _HELD_OR_WISHED.where(Claim.blocking)

#: The same, once the things are locked. It sees what was there before it waited for the locks: who committed meanwhile is
#: found by the constraint at the insert, and by this statement when the transaction is done again.
_HELD_ONCE_LOCKED = _HELD.where(
    sa.text(
        "(SELECT count(*) FROM (SELECT pg_advisory_xact_lock(:space, bucket) "
        "FROM unnest(CAST(:buckets AS integer[])) AS bucket OFFSET 0) AS locked) >= 0"
    )
)

#: Space of our advisory locks, and how many there are at most in one transaction: PostgreSQL keeps them in shared memory.
LOCKS, _BUCKETS = 0x434C4D, 1024


def buckets_of(things: Iterable[str]) -> list[int]:
    """The locks of these things, in the order in which everybody takes them."""
    return sorted({zlib.crc32(what.encode()) % _BUCKETS for what in things})


@dataclass(frozen=True, slots=True)
class Company:
    """Who is busy while a session goes on, with their names; waiting: those of them who wait for a place in it."""

    people: Mapping[UUID, str]
    waiting: frozenset[UUID] = frozenset()


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
    rows = db.execute(
        sa.select(Place.enrolment_id, Place.person_id, Place.name, Place.state)
        .where(Place.enrolment_id.in_(list(people)), Place.state != "withdrawn")
        .order_by(Place.number)
    )
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


def held_against(
    db: orm.Session,
    wanted: Sequence[Wanted],
    *,
    besides: Collection[UUID],
    around: timedelta = timedelta(0),
    wishes: bool = False,
    locked: bool = False,
) -> list[Held]:
    """What sessions other than `besides` hold of the things wanted, from the first to the last of those times.

    around: looks so much further in both directions. wishes: drafts' wishes, too. One query per 5,000 things.
    locked: on PostgreSQL, let nobody else take any of them until the commit.
    """
    if not wanted:
        return []
    start = min(wish.starts_at for wish in wanted) - around
    end = max(wish.ends_at for wish in wanted) + around
    things = sorted({wish.what for wish in wanted})
    found: list[Held] = []
    locked = locked and db.get_bind().dialect.name == "postgresql"
    locks = {"space": LOCKS, "buckets": buckets_of(things)} if locked else {}
    statement = _HELD_ONCE_LOCKED if locked else _HELD_OR_WISHED if wishes else _HELD
    for first in range(0, len(things), _AT_ONCE):
        # Past the session, which has nothing to flush that matters here: this is asked at every claim.
        rows = db.connection().execute(
            statement,
            {
                **locks,
                "things": things[first : first + _AT_ONCE],
                "besides": list(besides),
                "longest_ago": start - LASTS_AT_MOST,
                "start": start,
                "end": end,
            },
        )
        found += [
            Held(
                what=what,
                starts_at=starts_at,
                ends_at=ends_at,
                blocking=blocking,
                session_id=session_id,
                title=title,
                host_region=host_region,
                programme_id=programme_id,
            )
            for what, starts_at, ends_at, blocking, session_id, title, host_region, programme_id in rows
        ]
    return found


def placed_against(
    db: orm.Session, sessions: Iterable[Session], wanted: Mapping[UUID, Sequence[Wanted]]
) -> dict[UUID, list[Held]]:
    """The placements that keep people of each session at another school meanwhile. Two queries at most."""
    people = {
        UUID(wish.what.removeprefix("person:"))
        for wishes in wanted.values()
        for wish in wishes
        if wish.what.startswith("person:")
    }
    placed = placed_of(db, people) if people else []
    titles = titles_of(db, placed) if placed else {}
    return {
        session.id: [
            Held(
                what=f"person:{each.person_id}",
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                blocking=True,
                session_id=each.placement_id,
                title=titles[each.placement_id],
                host_region=each.host_region,
                placed=True,
            )
            for each in placed
            if apart(each, session)
        ]
        for session in sessions
    }


def offers_for(
    db: orm.Session, session: Session, wanted: Sequence[Wanted], occurrences: Iterable[int], *, now: datetime
) -> tuple[Offer, ...]:
    """For each of these occurrences the nearest times at which all that it needs is free. One query each, and one.

    What other sessions of its programme only wish for is not free either: they are planned as one, and on its days.
    """
    found: list[Offer] = []
    within = _days_of(db, session)
    for number in sorted(set(occurrences)):
        needs = [wish for wish in wanted if wish.occurrence == number]
        rest = [(wish.starts_at, wish.ends_at) for wish in wanted if wish.occurrence != number]
        around = timedelta(days=DAYS_AROUND + 1)
        held = held_against(db, needs, besides=[session.id], around=around, wishes=True)
        together = session.programme_id
        busy = [each for each in held if each.blocking or (together and each.programme_id == together)]
        times = free_times(
            [*((each.starts_at, each.ends_at) for each in busy), *rest],
            wished=(needs[0].starts_at, needs[0].ends_at),
            now=now,
            zone=ZONE,
            within=within,
        )
        found += [Offer(occurrence=number, starts_at=start, ends_at=end) for start, end in times]
    return tuple(found)


def _days_of(db: orm.Session, session: Session) -> tuple[datetime, datetime] | None:
    """From when to when the session's programme goes on, where that is longer than the session itself."""
    if session.programme_id is None:
        return None
    taking_place = Session.state.not_in(("cancelled", "postponed"))
    found = db.execute(
        sa.select(sa.func.min(Session.starts_at), sa.func.max(Session.ends_at)).where(
            Session.programme_id == session.programme_id, taking_place
        )
    ).one()
    start: datetime | None = found[0]
    end: datetime | None = found[1]
    if start is None or end is None or (start >= session.starts_at and end <= session.ends_at):
        return None
    return start, end


def conflict_of(wish: Wanted, held: Held, scopes: Iterable[str]) -> Conflict:
    """The pair in words for somebody who sees what lies in `scopes`: that another region has it is told, not what for."""
    theirs = held.placed or may_host(scopes, held.host_region)
    return Conflict(
        kind=wish.what.partition(":")[0],
        label=wish.label,
        occurrence=wish.occurrence,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        session_id=held.session_id if theirs and not held.placed else None,
        title=held.title if theirs else None,
        firm=held.blocking,
    )


def conflicts_of(
    db: orm.Session, session_ids: Collection[UUID], scopes: Collection[str]
) -> dict[UUID, list[Conflict]]:
    """What these sessions would take from others, or share with them by somebody's word; by session.

    Of what is released only what was accepted is left to be told, and who was placed elsewhere since. At most eight queries,
    however many sessions.
    """
    sessions = db.scalars(sa.select(Session).where(Session.id.in_(list(session_ids)))).all()
    wished = [session for session in sessions if session.state in {"draft", "postponed"}]
    struck = struck_of(db, session_ids)
    met = [*wished, *(session for session in sessions if session.id in struck and session not in wished)]
    wanted = wanted_of(db, met)
    wishes_ = [wish for each in wished for wish in wanted[each.id]]
    held = held_against(db, wishes_, besides=(), wishes=True)
    placed = placed_against(db, met, wanted)
    found: dict[UUID, list[Conflict]] = {id_: [] for id_ in session_ids}
    drafts = {session.id for session in wished}
    for id_, wishes in wanted.items():
        others = [each for each in held if each.session_id != id_] if id_ in drafts else []
        pairs = clashes(wishes, [*others, *placed[id_]])
        found[id_] += [conflict_of(wish, other, scopes) for wish, other in pairs]
    for id_, conflict in _accepted(db, session_ids, scopes):
        found[id_].append(conflict)
    return found


def _accepted(
    db: orm.Session, session_ids: Collection[UUID], scopes: Collection[str]
) -> Iterable[tuple[UUID, Conflict]]:
    other = orm.aliased(Session)
    rows = db.execute(
        sa.select(Claim, Session, other)
        .join(Session, Session.id == Claim.session_id)
        .join(other, other.id == Claim.over_session)
        .where(Claim.session_id.in_(list(session_ids)), Claim.status == "overridden")
        .order_by(Claim.starts_at, Claim.what)
    )
    for claim, session, over in rows:
        theirs = may_host(scopes, over.host_region)
        yield (
            session.id,
            Conflict(
                kind=claim.what.partition(":")[0],
                label=_label(db, claim, session),
                occurrence=claim.occurrence,
                starts_at=claim.starts_at,
                ends_at=claim.ends_at,
                session_id=over.id if theirs else None,
                title=over.title if theirs else None,
                firm=False,
                accepted_by=claim.overridden_by or "",
                reason=claim.reason or "",
            ),
        )


def _label(db: orm.Session, claim: Claim, session: Session) -> str:
    """What people call a thing that was claimed; overrides are few, so that a query each is none too many."""
    for wish in wanted_of(db, [session])[session.id]:
        if wish.what == claim.what:
            return wish.label
    return claim.what.rpartition(":")[2]


def offers_of(
    db: orm.Session, session_id: UUID, occurrences: Collection[int], *, now: datetime
) -> tuple[Offer, ...]:
    """For each of these occurrences of a session the nearest times at which all that it needs is free."""
    if not occurrences or (session := db.get(Session, session_id)) is None:
        return ()
    return offers_for(db, session, wanted_of(db, [session])[session_id], occurrences, now=now)
