"""Every event that comes in, on one page: scheduling keeps its own copy of who is who."""

from collections.abc import Mapping

from shared.auth.keys import keep_key
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged, KeyChanged
from shared.events.contract import Event
from shared.roster import ROSTER
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    **ROSTER,
    KeyChanged: keep_key,
    AccountChanged: keep_account,
}
