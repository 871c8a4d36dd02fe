"""What scheduling publishes: what becomes of joint sessions."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from shared.events.contract import Event, Topic, published

Moment = Annotated[datetime, msgspec.Meta(tz=True)]

SESSIONS = Topic("scheduling.sessions", partitions=6, retention=timedelta(days=30))


@published("scheduling.session.released.v1", on=SESSIONS, key="session_id")
class SessionReleased(Event, frozen=True, kw_only=True):
    """A session was released: it takes place, and these schools are invited.

    kind: a key such as `joint_research` or `lecture`; kinds are data and may become more, so a reader needs a word
    for one it does not know. starts_at, ends_at: half-open. place, link: where, either may be empty.
    invited_schools: ids of directory's schools.
    """

    session_id: UUID
    title: str
    kind: str
    starts_at: Moment
    ends_at: Moment
    place: str
    link: str
    invited_schools: list[UUID]


@published("scheduling.session.cancelled.v1", on=SESSIONS, key="session_id")
class SessionCancelled(Event, frozen=True, kw_only=True):
    """A released session does not take place; everybody who was invited must know, and why."""

    session_id: UUID
    title: str
    reason: str
    invited_schools: list[UUID]
