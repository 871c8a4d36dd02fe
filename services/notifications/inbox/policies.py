"""Who may read what schools were told, and say for a school that it was read."""

from collections.abc import Mapping
from typing import Literal

from shared.auth import Role, Rule, holders, readers

Verb = Literal["see", "read"]

#: Who reads inboxes: each those of the schools in the scopes of these grants.
READERS: tuple[Role, ...] = ("administrator", "coordinator", "liaison")

#: The whole table: verb and rule.
MAY: Mapping[Verb, Rule] = {
    "see": readers(*READERS),
    "read": holders("liaison"),  # for their own school: nobody reads a letter in another's name
}
