"""What scheduling publishes: what becomes of joint sessions, and which drafts wait to be released."""

from datetime import timedelta
from uuid import UUID

from shared.contracts.tasks import Moment, Task
from shared.events.contract import Event, Topic, published

SESSIONS = Topic("scheduling.sessions", partitions=6, retention=timedelta(days=30))
TASKS = Topic("scheduling.tasks", partitions=3, compacted=True)


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


@published("scheduling.task.changed.v1", on=TASKS, key="task_id")
class SchedulingTask(Task, frozen=True, kw_only=True):
    """A draft that somebody has to release, or to give up."""
