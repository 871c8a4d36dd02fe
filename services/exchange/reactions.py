"""Every event that comes in: the keys that verify tokens, without which nobody could open its page."""

from collections.abc import Mapping

from shared.auth.keys import keep_key
from shared.contracts.directory import KeyChanged
from shared.events.contract import Event
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    KeyChanged: keep_key,
}
