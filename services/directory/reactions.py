"""Every event that comes in. directory says who is who; it listens to nobody yet."""

from collections.abc import Mapping

from shared.events.contract import Event
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {}
