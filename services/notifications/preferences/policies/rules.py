"""Who may see and choose how notices go out."""

from collections.abc import Mapping
from typing import Literal

from shared.auth import PUBLIC, SIGNED_IN, Role, Rule, holders

Verb = Literal["own", "end", "day"]

#: Who chooses for a group: those who coordinate it.
COORDINATING: tuple[Role, ...] = ("administrator", "coordinator")

#: The whole table. own: everybody for themselves, a liaison for the school, a coordinator for a group. end: whoever holds
#: the link that a mail carries. day: the calendar that quiet hours go by.
MAY: Mapping[Verb, Rule] = {
    "own": SIGNED_IN,
    "end": PUBLIC,
    "day": holders("administrator"),
}
