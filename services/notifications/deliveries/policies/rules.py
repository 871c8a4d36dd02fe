"""Who may look into the log and send again."""

from collections.abc import Mapping
from typing import Literal

from shared.auth import SIGNED_IN, Role, Rule, holders, readers

Verb = Literal["see", "again", "test"]

READERS: tuple[Role, ...] = ("administrator", "coordinator", "liaison")

#: The whole table. see: the log of the schools in one's scopes, and one's own. again: for those; test: one's own channels.
MAY: Mapping[Verb, Rule] = {
    "see": readers(*READERS),
    "again": holders("administrator", "coordinator", "liaison"),
    "test": SIGNED_IN,
}
