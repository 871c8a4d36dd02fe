"""What resources publishes: facilities as whole states, what becomes of bookings, and what waits for whom."""

from datetime import timedelta
from uuid import UUID

import msgspec

from shared.contracts.tasks import Moment, Task
from shared.events.contract import Event, Topic, published

FACILITIES = Topic("resources.facilities", partitions=6, compacted=True)
BOOKINGS = Topic("resources.bookings", partitions=6, retention=timedelta(days=30))
ITEMS = Topic("resources.items", partitions=6, compacted=True)
ACCESS = Topic("resources.access", partitions=3, retention=timedelta(days=30))
RECORDINGS = Topic("resources.recordings", partitions=3, retention=timedelta(days=30))
TASKS = Topic("resources.tasks", partitions=3, compacted=True)


class Free(msgspec.Struct, frozen=True, kw_only=True):
    """A facility and a time at which it is free, half-open: what is offered instead of what was declined."""

    facility_id: UUID
    name: str
    starts_at: Moment
    ends_at: Moment


@published("resources.facility.changed.v1", on=FACILITIES, key="facility_id")
class FacilityChanged(Event, frozen=True, kw_only=True):
    """A facility as it is now.

    kind: `studio`, `classroom`, `hall` or `mobile`, and may become more. audiences: who may borrow it, such as `all`,
    `region:632800`, `group:ID` or `school:ID`. equipment: words. retired: it cannot be borrowed any more.
    """

    facility_id: UUID
    name: str
    kind: str
    school_id: UUID
    region_code: str
    capacity: int
    equipment: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    retired: bool = False


class _Booking(Event, frozen=True, kw_only=True):
    """What every event of a booking says. attempt: which asking of the request it answers, from 1.

    title: what it is for. school_id: for which school, if for one.
    """

    request_id: UUID
    attempt: int
    facility_id: UUID
    title: str = ""
    school_id: UUID | None = None


@published("resources.booking.held.v1", on=BOOKINGS, key="request_id")
class BookingHeld(_Booking, frozen=True, kw_only=True):
    """The facility is kept for who asked, and falls back unless that is confirmed before `until`."""

    starts_at: Moment
    ends_at: Moment
    until: Moment


@published("resources.booking.declined.v1", on=BOOKINGS, key="request_id")
class BookingDeclined(_Booking, frozen=True, kw_only=True):
    """The facility cannot be had then; why, for people, and what can be had instead, the nearest first."""

    reason_zh: str
    reason_en: str
    alternatives: tuple[Free, ...] = ()


@published("resources.booking.confirmed.v1", on=BOOKINGS, key="request_id")
class BookingConfirmed(_Booking, frozen=True, kw_only=True):
    """The facility is booked."""

    starts_at: Moment
    ends_at: Moment


@published("resources.booking.released.v1", on=BOOKINGS, key="request_id")
class BookingReleased(_Booking, frozen=True, kw_only=True):
    """What was asked for, held or booked is free again. cause: `given_back`, `owner` or `no_show`, and may become more."""

    cause: str
    reason: str = ""


@published("resources.booking.lapsed.v1", on=BOOKINGS, key="request_id")
class BookingLapsed(_Booking, frozen=True, kw_only=True):
    """Nobody answered or confirmed in time; the facility is free again."""


@published("resources.item.changed.v1", on=ITEMS, key="item_id")
class ItemChanged(Event, frozen=True, kw_only=True):
    """Something to teach with, as it is now.

    kind: `course`, `lesson_plan`, `recording`, `questions`, `reading` or `research`, and may become more. state: `draft`, `review`,
    `published` or `retired`, and may become more. school_id: whose it is; none: the region's. audiences: who may see it once it is
    published, such as `all`, `region:632800`, `group:ID` or `school:ID`. session_id: the session that it is the recording of.
    """

    item_id: UUID
    kind: str
    title: str
    state: str
    school_id: UUID | None
    region_code: str
    audiences: tuple[str, ...] = ()
    session_id: UUID | None = None


@published("resources.recording.published.v1", on=RECORDINGS, key="session_id")
class RecordingPublished(Event, frozen=True, kw_only=True):
    """The recording of a session can be watched now; the schools that were invited to it are to know.

    item_id: of the catalogue, `/resources/items/ITEM_ID` is its page. title: of the session. schools: ids of those invited.
    """

    session_id: UUID
    item_id: UUID
    title: str
    schools: tuple[UUID, ...]


@published("resources.access.answered.v1", on=ACCESS, key="request_id")
class AccessAnswered(Event, frozen=True, kw_only=True):
    """A school that asked to see an item is answered.

    item_id: `/resources/items/ITEM_ID` is its page, `/resources/items/ITEM_ID/access` that of the request. answer: `granted` or
    `declined`. reason: why it was declined, in words. person_id: of the register, who asked, if they are in it.
    """

    request_id: UUID
    item_id: UUID
    title: str
    school_id: UUID
    answer: str
    reason: str = ""
    person_id: UUID | None = None


@published("resources.task.changed.v1", on=TASKS, key="task_id")
class ResourcesTask(Task, frozen=True, kw_only=True):
    """A request for a facility that its owner, or the owner's region, has to answer."""
