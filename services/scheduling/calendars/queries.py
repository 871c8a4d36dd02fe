"""Reads about what takes place when."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.calendars.policies import Slot
from services.scheduling.hosting.queries import hosted_within
from services.scheduling.plans.model import Occurrence
from services.scheduling.programmes.model import Programme
from services.scheduling.sessions.model import Session

#: Sessions that one view shows at most; a prefecture's month has some two thousand.
AT_MOST = 4_000

_COLUMNS = (
    Session.id,
    Session.title,
    Session.kind,
    Session.state,
    Session.starts_at,
    Session.ends_at,
    Session.place,
    # As text: to read what takes place once, its columns are enough, and a month has thousands of rows.
    sa.cast(Session.times, sa.Text).label("times"),
    Programme.title.label("programme"),
)


def slots_between(
    db: orm.Session, start: datetime, end: datetime, *, hosts: Collection[str], schools: Collection[UUID]
) -> list[Slot]:
    """Each occurrence between two moments: of what is hosted within `hosts`, and of what these schools were told of.

    What was cancelled is left out. Two queries at most. hosts: scopes; schools: ids, few: of who looks after a region, what
    it hosts is shown, and what it was invited to stands on its schools' pages.
    """
    between = (Session.starts_at < end, Session.ends_at > start, Session.state != "cancelled")
    rows = sa.select(*_COLUMNS).outerjoin(Programme, Programme.id == Session.programme_id).where(*between)
    rows = rows.order_by(Session.starts_at, Session.id).limit(AT_MOST)
    own = db.execute(rows.where(hosted_within(Session.host_region, hosts))).all() if hosts else []
    there = {row.id for row in own} if schools else set()
    told: Sequence[Any] = ()
    if schools:
        invited = sa.or_(
            *(sa.cast(Session.invited_schools, sa.String).contains(str(school)) for school in schools)
        )
        told = db.execute(rows.where(invited, Session.state != "draft")).all()
    every = (
        *(slot for row in own for slot in _slots(row, own=True)),
        *(slot for row in told if row.id not in there for slot in _slots(row, own=False)),
    )
    # A session that takes place several times may do so before and after, too.
    return [slot for slot in every if slot.starts_at < end and slot.ends_at > start]


def _slots(row: Any, *, own: bool) -> list[Slot]:  # noqa: ANN401  a row of SQLAlchemy
    whole = [(row.starts_at, row.ends_at, row.place)]
    several = row.times is not None and row.times.count('"starts_at"') > 1
    times = msgspec.json.decode(row.times, type=tuple[Occurrence, ...]) if several else ()
    # As `Session.occurrences`: what the release before wrote has the columns alone.
    if times and (times[0].starts_at, times[-1].ends_at) == (row.starts_at, row.ends_at):
        whole = [(each.starts_at, each.ends_at, each.place) for each in times]
    return [
        Slot(row.id, row.title, row.kind, row.state, starts, ends, place, row.programme or "", own)
        for starts, ends, place in whole
    ]
