"""What scheduling publishes: what becomes of joint sessions, and which drafts wait to be released."""

from datetime import timedelta
from uuid import UUID

import msgspec

from shared.contracts.tasks import Moment, Task
from shared.events.contract import Event, Topic, published

SESSIONS = Topic("scheduling.sessions", partitions=6, retention=timedelta(days=30))
ATTENDANCE = Topic("scheduling.attendance", partitions=6, retention=timedelta(days=30))
TASKS = Topic("scheduling.tasks", partitions=3, compacted=True)
FACILITY_REQUESTS = Topic("scheduling.facility_requests", partitions=6, retention=timedelta(days=30))
INVITATIONS = Topic("scheduling.invitations", partitions=6, retention=timedelta(days=30))
TRAINEES = Topic("scheduling.trainees", partitions=3, retention=timedelta(days=30))


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
    place, by time; empty from a release that knew of one only. programme_id: what it is part of. host_region: who invites.
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
    host_region: str = ""


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
    host_region: str = ""


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


@published("scheduling.session.recalled.v1", on=SESSIONS, key="session_id")
class SessionRecalled(Event, frozen=True, kw_only=True):
    """A session was released by mistake and is a draft again; what was said of it holds no more.

    It may be released anew, as something else. invited_schools: who was told of it, and must know and why.
    """

    session_id: UUID
    title: str
    reason: str
    invited_schools: list[UUID]


@published("scheduling.session.held.v1", on=SESSIONS, key="session_id")
class SessionHeld(Event, frozen=True, kw_only=True):
    """A session has taken place. recording: the address where it can be watched, if there is one. host_region: who invited."""

    session_id: UUID
    title: str
    kind: str
    starts_at: Moment
    ends_at: Moment
    invited_schools: list[UUID]
    recording: str = ""
    host_region: str = ""


@published("scheduling.attendance.recorded.v1", on=ATTENDANCE, key="presence_id")
class AttendanceRecorded(Event, frozen=True, kw_only=True):
    """Somebody of the register was at an occurrence of a session, or was not; said again where it is corrected.

    kind: of the session. school_id: where they worked then, if at a school. state: `present`, `late`, `absent` or `excused`,
    and may become more. starts_at: of the occurrence. minutes: that it counts for; 0 for who was not there.
    """

    presence_id: UUID
    session_id: UUID
    title: str
    kind: str
    person_id: UUID
    school_id: UUID | None
    state: str
    starts_at: Moment
    minutes: int


@published("scheduling.task.changed.v1", on=TASKS, key="task_id")
class SchedulingTask(Task, frozen=True, kw_only=True):
    """A draft that somebody has to release, or to give up."""


class _Invitation(Event, frozen=True, kw_only=True):
    """What every event of an invitation says. One of session_id and programme_id is given.

    host_region: who invites. region_code: the region whose schools are invited, and whose coordinators agree first where it
    lies outside the one that hosts.
    """

    invitation_id: UUID
    title: str
    host_region: str
    region_code: str
    session_id: UUID | None = None
    programme_id: UUID | None = None


@published("scheduling.invitation.opened.v1", on=INVITATIONS, key="invitation_id")
class InvitationOpened(_Invitation, frozen=True, kw_only=True):
    """Schools of one region are invited.

    agreed: whether the schools may know. Where not, the region's coordinators are asked, and nobody else is told. Where so,
    schools hear of a session by `scheduling.session.released` or `revised`; of a programme they hear by this. schools: ids.
    places, school_places: how many people may come by it, and of each school; None: any number. deadline: until when
    schools may answer; None: no answer is awaited. note: from the host.
    """

    agreed: bool
    starts_at: Moment
    ends_at: Moment
    schools: list[UUID]
    places: int | None = None
    school_places: int | None = None
    deadline: Moment | None = None
    note: str = ""


@published("scheduling.invitation.answered.v1", on=INVITATIONS, key="invitation_id")
class InvitationAnswered(_Invitation, frozen=True, kw_only=True):
    """The region or a school of it has answered; the host is to know.

    by: `region` or `school`. answer: `agreed` or `refused` of a region; `named` (people who come), `declined` or `withdrawn`
    (somebody does not come after all) of a school. schools: whom it is about; of a region that agreed, those that are invited
    from now on, and of a programme hear of it by this. people: how many of the school take part or wait, waiting: how many of
    these wait.
    """

    by: str
    answer: str
    schools: list[UUID]
    reason: str = ""
    people: int = 0
    waiting: int = 0


@published("scheduling.invitation.promoted.v1", on=INVITATIONS, key="invitation_id")
class InvitationPromoted(_Invitation, frozen=True, kw_only=True):
    """Places became free, and people of a school who had waited longest take part now; the school is to know."""

    school_id: UUID
    person_ids: list[UUID]


@published("scheduling.invitation.withdrawn.v1", on=INVITATIONS, key="invitation_id")
class InvitationWithdrawn(_Invitation, frozen=True, kw_only=True):
    """The host invites these schools no more. agreed: whether they knew of it; where not, only the coordinators did."""

    agreed: bool
    schools: list[UUID]
    reason: str


@published("scheduling.trainee.entered.v1", on=TRAINEES, key="person_id")
class TraineeEntered(Event, frozen=True, kw_only=True):
    """Somebody on a programme's list whom the directory lacks is to become a person of a school or an office.

    person_id: what directory is to call them. One of school_id and organisation_id is given. post: as written. source: where
    they were written, such as the file's name. programme_id, title: on whose list.
    """

    person_id: UUID
    name: str
    source: str
    programme_id: UUID
    title: str
    school_id: UUID | None = None
    organisation_id: UUID | None = None
    post: str = ""


class _FacilityRequest(Event, frozen=True, kw_only=True):
    """What every event of a request for a facility says. attempt: which asking it is, from 1; a later one replaces it."""

    request_id: UUID
    attempt: int
    facility_id: UUID
    session_id: UUID


@published("scheduling.facility.requested.v1", on=FACILITY_REQUESTS, key="request_id")
class FacilityRequested(_FacilityRequest, frozen=True, kw_only=True):
    """A session wants a facility; what an earlier attempt of the request has is wanted no more.

    region_code: who hosts the session. school_id: the school that borrows, if it is one. answer_by: afterwards the answer is
    not waited for. people: how many come.
    """

    title: str
    starts_at: Moment
    ends_at: Moment
    answer_by: Moment
    region_code: str
    school_id: UUID | None = None
    people: int = 0
    purpose: str = ""


@published("scheduling.facility.confirmed.v1", on=FACILITY_REQUESTS, key="request_id")
class FacilityConfirmed(_FacilityRequest, frozen=True, kw_only=True):
    """The session takes the facility that is held for it."""


@published("scheduling.facility.given_back.v1", on=FACILITY_REQUESTS, key="request_id")
class FacilityGivenBack(_FacilityRequest, frozen=True, kw_only=True):
    """The session does not need the facility, or waited for the answer in vain: whatever is kept for it is free."""

    reason: str = ""
