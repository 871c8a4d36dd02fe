"""Who may see and choose how notices go out."""

from collections.abc import Mapping
from typing import Literal

from shared.auth import SIGNED_IN, Rule, holders, readers

Verb = Literal["own", "school", "day"]

#: The whole table. own: everybody for themselves, a liaison for the school, a coordinator for a group that is theirs.
MAY: Mapping[Verb, Rule] = {
    "own": SIGNED_IN,
    "school": readers("administrator", "coordinator", "liaison"),
    "day": holders("administrator"),
}
