"""Every event that comes in, on one page."""

from collections.abc import Mapping

from services.notifications.inbox.commands import tell_of_cancellation, tell_of_release
from shared.auth.keys import keep_key
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged, KeyChanged
from shared.contracts.scheduling import SessionCancelled, SessionReleased
from shared.events.contract import Event
from shared.roster import PLACES
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    SessionReleased: tell_of_release,
    SessionCancelled: tell_of_cancellation,
    **PLACES,
    KeyChanged: keep_key,
    AccountChanged: keep_account,
}
