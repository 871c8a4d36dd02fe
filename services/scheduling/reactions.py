"""Every event that comes in, on one page: scheduling keeps its own copy of who is who, and of who works elsewhere for a time."""

from collections.abc import Mapping

from services.scheduling.placed.commands import keep_placement
from shared.auth.keys import keep_key
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged, KeyChanged
from shared.contracts.exchange import PlacementChanged
from shared.events.contract import Event
from shared.roster import ROSTER
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    **ROSTER,
    KeyChanged: keep_key,
    AccountChanged: keep_account,
    PlacementChanged: keep_placement,
}
