"""Every event that comes in: who is who, and the keys that verify tokens."""

from collections.abc import Mapping

from shared.auth.keys import keep_key
from shared.contracts.directory import KeyChanged
from shared.events.contract import Event
from shared.roster import ROSTER
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    **ROSTER,
    KeyChanged: keep_key,
}
