"""Who may read what schools were told, and say for a school that it was read."""

from collections.abc import Mapping
from typing import Literal

from shared.auth import SIGNED_IN, Role, Rule

Verb = Literal["see", "read"]

#: Who reads inboxes: each those of the schools in the scopes of these grants.
READERS: tuple[Role, ...] = ("administrator", "coordinator", "liaison")

#: The whole table: verb and rule. Queries and commands answer what is one's own, or lies in one's scopes, and nothing else.
MAY: Mapping[Verb, Rule] = {"see": SIGNED_IN, "read": SIGNED_IN}
