"""Who has what is wanted: other sessions, and schools at which people are placed."""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.claims.model import Claim, Held, Wanted
from services.scheduling.placed.queries import apart, placed_of, titles_of
from services.scheduling.plans.model import LASTS_AT_MOST
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

#: Space of our advisory locks, and how many there are at most in one transaction: PostgreSQL keeps them in shared memory.
LOCKS, _BUCKETS = 0x434C4D, 1024


def buckets_of(things: Iterable[str]) -> list[int]:
    """The locks of these things, in the order in which everybody takes them."""
    return sorted({zlib.crc32(what.encode()) % _BUCKETS for what in things})


def held_against(
    db: orm.Session,
    wanted: Sequence[Wanted],
    *,
    besides: Collection[UUID],
    around: timedelta = timedelta(0),
    wishes: bool = False,
) -> list[Held]:
    """What sessions other than `besides` hold of the things wanted, from the first to the last of those times.

    around: looks so much further in both directions. wishes: drafts' wishes, too. One query per 5,000 things.
    """
    if not wanted:
        return []
    start = min(wish.starts_at for wish in wanted) - around
    end = max(wish.ends_at for wish in wanted) + around
    things = sorted({wish.what for wish in wanted})
    found: list[Held] = []
    statement = _HELD_OR_WISHED if wishes else _HELD
    for first in range(0, len(things), _AT_ONCE):
        # Past the session, which has nothing to flush that matters here: this is asked at every claim.
        rows = db.connection().execute(
            statement,
            {
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
