"""Who hears of what: the one table of events, audiences, classes and templates.

A row more, with its template in `model/words.py`, is all it takes to tell somebody of an event.
"""

from collections.abc import Mapping

from services.notifications.inbox.policies.rows import SAID, Row
from shared.contracts.exchange import AgreementChanged, PlacementChanged
from shared.contracts.resources import (
    AccessAnswered,
    BookingConfirmed,
    BookingDeclined,
    BookingLapsed,
    BookingReleased,
    RecordingPublished,
)
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

_INVITATION = ("session_id", "programme_id", "invitation_id")
_HOST, _REGION = {"host": "region:{host_region}"}, {"region": "region:{region_code}"}
_PLACES = {"origin": "school:{origin_school_id}", "host": "school:{host_school_id}"}
_ASKED, _ENROLLING = "/scheduling/invitations/{invitation_id}", "/scheduling/answers"


def _placement(kind: str, step: str, **when: object) -> Row:
    """Both schools, both regions and the teacher hear of a step of a placement."""
    return Row(
        kind=kind,
        class_name="exchange",
        schools=("origin_school_id", "host_school_id"),
        regions=("origin_region", "host_region"),
        people=("person_id",),
        when={"step": step, **when},
        names=_PLACES,
        link="/exchange/placements/{placement_id}",
        subject=("placement_id",),
    )


def _agreement(kind: str, step: str, *, to: str = "parties", **when: object) -> Row:
    """The parties of an agreement, or those that are to answer, hear of its step."""
    return Row(
        kind=kind,
        class_name="exchange",
        scopes=(to,),
        when={"step": step, **when},
        link="/exchange/agreements/{agreement_id}",
        subject=("agreement_id",),
    )


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


def _access(kind: str, answer: str, *, link: str) -> Row:
    """The school that asked to see an item, and whoever asked for it, hear the answer."""
    return Row(
        kind=kind,
        class_name="resource",
        schools=("school_id",),
        people=("person_id",),
        when={"answer": answer},
        link=link,
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
    # A step is told when it is taken; whatever is done in that state later is told to nobody again.
    PlacementChanged: (
        _placement("placement_agreed", "agree", state="agreed"),
        _placement("placement_refused", "refuse", state="refused"),
        _placement("placement_withdrawn", "withdraw", state="withdrawn"),
        _placement("placement_ended", "end_early", state="ended_early"),
        _placement("placement_nominated", "nominate"),
        _placement("placement_accepted", "accept"),
        _placement("placement_started", "start"),
        _placement("placement_reviewed", "review"),
        _placement("placement_extended", "extend"),
        _placement("placement_returned", "return"),
        _placement("placement_appraised", "appraise"),
        _placement("placement_closed", "close"),
    ),
    AgreementChanged: (
        _agreement("agreement_asked", "ask", to="waiting"),
        _agreement("agreement_agreed", "approve", state="agreed"),
        _agreement("agreement_rejected", "reject"),
        _agreement("agreement_withdrawn", "withdraw"),
        _agreement("agreement_terminated", "terminate"),
    ),
    AccessAnswered: (
        _access("access_granted", "granted", link="/resources/items/{item_id}"),
        _access("access_declined", "declined", link="/resources/items/{item_id}/access"),
    ),
    BookingConfirmed: (_room("room_booked"),),
    BookingDeclined: (_room("room_declined"),),
    BookingReleased: (_room("room_taken_back", cause="owner"), _room("room_missed", cause="no_show")),
    BookingLapsed: (_room("room_lapsed"),),
    RecordingPublished: (
        Row(
            kind="recording_published",
            class_name="resource",
            schools=("schools",),
            link="/resources/items/{item_id}",
            subject=("item_id",),
            once=True,
        ),
    ),
}

#: The class of the notices of each kind that an event brings.
CLASS_OF: Mapping[str, str] = {row.kind: row.class_name for rows in TABLE.values() for row in rows}
