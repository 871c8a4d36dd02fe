"""Every event that comes in, on one page: scheduling keeps its own copy of who is who."""

from collections.abc import Mapping

from shared.auth.keys import keep_key
from shared.contracts.directory import KeyChanged, SchoolChanged
from shared.events.contract import Event
from shared.roster import keep_school
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    SchoolChanged: keep_school,
    KeyChanged: keep_key,
}
