"""Who hears of what: the one table of events, audiences, classes and templates.

A row more, with its template in `model/words.py`, is all it takes to tell somebody of an event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shared.contracts.exchange import PlacementChanged
from shared.contracts.resources import BookingConfirmed, BookingDeclined, BookingLapsed, BookingReleased
from shared.contracts.scheduling import (
    InvitationAnswered,
    InvitationOpened,
    InvitationPromoted,
    InvitationWithdrawn,
    SessionCancelled,
    SessionPostponed,
    SessionRecalled,
    SessionReleased,
    SessionRevised,
)
from shared.events.contract import Event

#: In a row's `when`: the field has a value, whichever.
SAID = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What some of those whom an event concerns are told.

    kind: which template. class_name: of preferences. schools, regions, people: the event's fields with ids of schools, codes
    of regions whose coordinators hear, ids of the register's people who hear if they have an account; without: the field with
    schools that do not. when: fields and what they have to be for the row to hold. names: the template's variables that are
    names of places, as a scope with the event's fields. link: the page where one answers. subject: the first of these fields
    that has a value is what the notice is about.
    """

    kind: str
    class_name: str
    schools: tuple[str, ...] = ()
    without: str = ""
    regions: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    when: Mapping[str, object] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    subject: tuple[str, ...] = ("session_id",)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a row concerns, each once. regions: their coordinators."""

    schools: tuple[UUID, ...]
    regions: tuple[str, ...]
    people: tuple[UUID, ...]

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self.schools or self.regions or self.people)


_INVITATION = ("session_id", "programme_id", "invitation_id")
_HOST, _REGION = {"host": "region:{host_region}"}, {"region": "region:{region_code}"}
_PLACES = {"origin": "school:{origin_school_id}", "host": "school:{host_school_id}"}
_ASKED, _ENROLLING = "/scheduling/invitations/{invitation_id}", "/scheduling/answers"


def _placement(kind: str, state: str) -> Row:
    """Both schools, both regions and the teacher hear of a placement's state, by whatever step it came to it."""
    return Row(
        kind=kind,
        class_name="exchange",
        schools=("origin_school_id", "host_school_id"),
        regions=("origin_region", "host_region"),
        people=("person_id",),
        when={"state": state, "step": _STEPS[state]},
        names=_PLACES,
        link="/exchange/placements/{placement_id}",
        subject=("placement_id",),
    )


#: The step that leads to a state: whatever else is done in it is told to nobody again.
_STEPS = {"agreed": "agree", "refused": "refuse", "withdrawn": "withdraw", "ended_early": "end_early"}


def _room(kind: str, **when: object) -> Row:
    """The school that a room is borrowed for hears what becomes of it."""
    return Row(
        kind=kind,
        class_name="resource",
        schools=("school_id",),
        when=when,
        link="/resources/bookings/{request_id}",
        subject=("request_id",),
    )


#: Of each event the rows in the order that gives their notices their ids: add at the end.
TABLE: Mapping[type[Event], tuple[Row, ...]] = {
    SessionReleased: (Row(kind="session_released", class_name="invitation", schools=("invited_schools",)),),
    SessionRevised: (
        Row(
            kind="session_revised", class_name="change", schools=("invited_schools",), without="added_schools"
        ),
        Row(kind="session_released", class_name="invitation", schools=("added_schools",)),
        Row(kind="session_withdrawn", class_name="cancellation", schools=("dropped_schools",)),
    ),
    SessionPostponed: (
        Row(kind="session_postponed", class_name="cancellation", schools=("invited_schools",)),
    ),
    SessionCancelled: (
        Row(kind="session_cancelled", class_name="cancellation", schools=("invited_schools",)),
    ),
    SessionRecalled: (Row(kind="session_recalled", class_name="cancellation", schools=("invited_schools",)),),
    InvitationOpened: (
        Row(
            kind="region_asked",
            class_name="invitation",
            regions=("region_code",),
            when={"agreed": False},
            names=_HOST,
            link=_ASKED,
            subject=_INVITATION,
        ),
        Row(
            kind="programme_invited",
            class_name="invitation",
            schools=("schools",),
            when={"agreed": True, "programme_id": SAID},
            names=_HOST,
            link=_ENROLLING,
            subject=_INVITATION,
        ),
    ),
    InvitationAnswered: (
        Row(
            kind="region_agreed",
            class_name="change",
            regions=("host_region",),
            when={"by": "region", "answer": "agreed"},
            names=_REGION,
            link=_ASKED,
            subject=_INVITATION,
        ),
        Row(
            kind="region_refused",
            class_name="change",
            regions=("host_region",),
            when={"by": "region", "answer": "refused"},
            names=_REGION,
            link=_ASKED,
            subject=_INVITATION,
        ),
        Row(
            kind="school_withdrew",
            class_name="change",
            regions=("host_region",),
            when={"by": "school", "answer": "withdrawn"},
            names=_REGION,
            link=_ASKED,
            subject=_INVITATION,
        ),
        Row(
            kind="programme_invited",
            class_name="invitation",
            schools=("schools",),
            when={"by": "region", "answer": "agreed", "programme_id": SAID},
            names=_HOST,
            link=_ENROLLING,
            subject=_INVITATION,
        ),
    ),
    InvitationPromoted: (
        Row(
            kind="place_promoted",
            class_name="change",
            schools=("school_id",),
            link=_ENROLLING,
            subject=_INVITATION,
        ),
        Row(kind="place_yours", class_name="change", people=("person_ids",), subject=_INVITATION),
    ),
    InvitationWithdrawn: (
        Row(
            kind="invitation_withdrawn",
            class_name="cancellation",
            regions=("region_code",),
            when={"agreed": False},
            names=_HOST,
            subject=_INVITATION,
        ),
        Row(
            kind="invitation_withdrawn",
            class_name="cancellation",
            schools=("schools",),
            when={"agreed": True, "programme_id": SAID},
            names=_HOST,
            subject=_INVITATION,
        ),
    ),
    PlacementChanged: (
        _placement("placement_agreed", "agreed"),
        _placement("placement_refused", "refused"),
        _placement("placement_withdrawn", "withdrawn"),
        _placement("placement_ended", "ended_early"),
    ),
    BookingConfirmed: (_room("room_booked"),),
    BookingDeclined: (_room("room_declined"),),
    BookingReleased: (_room("room_taken_back", cause="owner"), _room("room_missed", cause="no_show")),
    BookingLapsed: (_room("room_lapsed"),),
}


def holds(row: Row, event: Event) -> bool:
    """Whether the row is about an event like this one."""
    return all(
        getattr(event, name) is not None if wanted is SAID else getattr(event, name) == wanted
        for name, wanted in row.when.items()
    )


def audience(row: Row, event: Event) -> Audience:
    """Whom the row concerns of this event, each once whatever overlaps."""
    left_out = set(_values(event, (row.without,))) if row.without else set()
    schools = [UUID(str(each)) for each in _values(event, row.schools) if each not in left_out]
    people = [UUID(str(each)) for each in _values(event, row.people)]
    regions = [str(each) for each in _values(event, row.regions)]
    return Audience(*(tuple(dict.fromkeys(each)) for each in (schools, regions, people)))  # type: ignore[arg-type]


def subject(row: Row, event: Event) -> UUID:
    """What the notice is about: a session, a programme, an invitation or a placement."""
    return next(UUID(str(found)) for name in row.subject if (found := getattr(event, name)) is not None)


def _values(event: Event, names: Iterable[str]) -> list[object]:
    found: list[object] = []
    for name in names:
        value = getattr(event, name)
        found += value if isinstance(value, list | tuple) else [] if value is None else [value]
    return found
