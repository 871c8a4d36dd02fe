"""What scheduling publishes: what becomes of joint sessions, and which drafts wait to be released."""

from datetime import timedelta
from uuid import UUID

import msgspec

from shared.contracts.tasks import Moment, Task
from shared.events.contract import Event, Topic, published

SESSIONS = Topic("scheduling.sessions", partitions=6, retention=timedelta(days=30))
TASKS = Topic("scheduling.tasks", partitions=3, compacted=True)


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """Once that a session takes place, half-open; place, link: where, either may be empty."""

    starts_at: Moment
    ends_at: Moment
    place: str = ""
    link: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What was planned differently.

    what: `title`, `kind`, `times`, `places`, `links`, `leaders`, `schools`, `note` or `state`, and may become more. was,
    now: as text; of times intervals in ISO 8601 with a space between them, of schools how many.
    """

    what: str
    was: str
    now: str


@published("scheduling.session.released.v1", on=SESSIONS, key="session_id")
class SessionReleased(Event, frozen=True, kw_only=True):
    """A session was released: it takes place, and these schools are invited.

    kind: a key such as `joint_research` or `lecture`; kinds are data and may become more, so a reader needs a word
    for one it does not know. starts_at, ends_at: half-open, from the first occurrence to the last. place, link: where the
    first one is, either may be empty. invited_schools: ids of directory's schools. occurrences: each time that it takes
    place, by time; empty from a release that knew of one only. programme_id: what it is part of.
    """

    session_id: UUID
    title: str
    kind: str
    starts_at: Moment
    ends_at: Moment
    place: str
    link: str
    invited_schools: list[UUID]
    occurrences: tuple[Occurrence, ...] = ()
    programme_id: UUID | None = None


@published("scheduling.session.revised.v1", on=SESSIONS, key="session_id")
class SessionRevised(Event, frozen=True, kw_only=True):
    """A released session is planned differently, or a postponed one has a new time.

    changes: what is different; all other fields are as of now. invited_schools: who is invited now. added_schools: those
    of them that were not before, for whom all of it is new. dropped_schools: who was invited before and is no more.
    All three must know.
    """

    session_id: UUID
    title: str
    kind: str
    starts_at: Moment
    ends_at: Moment
    place: str
    occurrences: tuple[Occurrence, ...]
    link: str
    changes: list[Change]
    invited_schools: list[UUID]
    added_schools: tuple[UUID, ...] = ()
    dropped_schools: tuple[UUID, ...] = ()
    programme_id: UUID | None = None


@published("scheduling.session.postponed.v1", on=SESSIONS, key="session_id")
class SessionPostponed(Event, frozen=True, kw_only=True):
    """A released session does not take place as planned; when it does, a revision will say. All invited must know why."""

    session_id: UUID
    title: str
    reason: str
    invited_schools: list[UUID]


@published("scheduling.session.cancelled.v1", on=SESSIONS, key="session_id")
class SessionCancelled(Event, frozen=True, kw_only=True):
    """A released session does not take place; everybody who was invited must know, and why."""

    session_id: UUID
    title: str
    reason: str
    invited_schools: list[UUID]


@published("scheduling.session.held.v1", on=SESSIONS, key="session_id")
class SessionHeld(Event, frozen=True, kw_only=True):
    """A session has taken place."""

    session_id: UUID
    title: str
    kind: str
    starts_at: Moment
    ends_at: Moment
    invited_schools: list[UUID]


@published("scheduling.task.changed.v1", on=TASKS, key="task_id")
class SchedulingTask(Task, frozen=True, kw_only=True):
    """A draft that somebody has to release, or to give up."""
