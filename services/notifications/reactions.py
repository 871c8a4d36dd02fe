"""Every event that comes in, on one page."""

from collections.abc import Mapping

from services.notifications.inbox.commands import tell
from services.notifications.inbox.policies import TABLE
from shared.auth.keys import keep_key
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged, KeyChanged
from shared.events.contract import Event
from shared.roster import ROSTER
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    **dict.fromkeys(TABLE, tell),
    **ROSTER,
    KeyChanged: keep_key,
    AccountChanged: keep_account,
}
