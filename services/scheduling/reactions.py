"""Every event that comes in, on one page: who is who, who works elsewhere for a time, which rooms can be borrowed."""

from collections.abc import Mapping

from services.scheduling.facilities.commands import (
    hear_confirmed,
    hear_declined,
    hear_held,
    hear_lapsed,
    hear_released,
    keep_facility,
)
from services.scheduling.placed.commands import keep_placement
from shared.auth.keys import keep_key
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged, KeyChanged
from shared.contracts.exchange import PlacementChanged
from shared.contracts.resources import (
    BookingConfirmed,
    BookingDeclined,
    BookingHeld,
    BookingLapsed,
    BookingReleased,
    FacilityChanged,
)
from shared.events.contract import Event
from shared.roster import ROSTER
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    **ROSTER,
    KeyChanged: keep_key,
    AccountChanged: keep_account,
    PlacementChanged: keep_placement,
    FacilityChanged: keep_facility,
    BookingHeld: hear_held,
    BookingDeclined: hear_declined,
    BookingConfirmed: hear_confirmed,
    BookingReleased: hear_released,
    BookingLapsed: hear_lapsed,
}
