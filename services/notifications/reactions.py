"""Every event that comes in, on one page."""

from collections.abc import Mapping

from services.notifications.inbox.commands import (
    tell_of_cancellation,
    tell_of_postponement,
    tell_of_promotion,
    tell_of_recall,
    tell_of_release,
    tell_of_revision,
)
from shared.auth.keys import keep_key
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged, KeyChanged
from shared.contracts.scheduling import (
    InvitationPromoted,
    SessionCancelled,
    SessionPostponed,
    SessionRecalled,
    SessionReleased,
    SessionRevised,
)
from shared.events.contract import Event
from shared.roster import PLACES
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    SessionReleased: tell_of_release,
    SessionRevised: tell_of_revision,
    SessionPostponed: tell_of_postponement,
    SessionCancelled: tell_of_cancellation,
    SessionRecalled: tell_of_recall,
    InvitationPromoted: tell_of_promotion,
    **PLACES,
    KeyChanged: keep_key,
    AccountChanged: keep_account,
}
