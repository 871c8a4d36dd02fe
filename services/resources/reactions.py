"""Every event that comes in: who is who, the keys that verify tokens, sessions that borrow rooms, and what was recorded of them."""

from collections.abc import Mapping

from services.resources.bookings.commands.hearing import hear_confirmed, hear_given_back, hear_request
from services.resources.recordings.commands import keep_recording
from shared.auth.keys import keep_key
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged, KeyChanged
from shared.contracts.scheduling import FacilityConfirmed, FacilityGivenBack, FacilityRequested, SessionHeld
from shared.events.contract import Event
from shared.roster import ROSTER
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    **ROSTER,
    KeyChanged: keep_key,
    AccountChanged: keep_account,
    FacilityRequested: hear_request,
    FacilityConfirmed: hear_confirmed,
    FacilityGivenBack: hear_given_back,
    SessionHeld: keep_recording,
}
