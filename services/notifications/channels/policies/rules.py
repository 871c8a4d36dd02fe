"""Who may see and change the channels of whom."""

from collections.abc import Mapping
from typing import Literal

from shared.auth import SIGNED_IN, Role, Rule, readers

Verb = Literal["own", "log"]

#: Who sees which channels schools have and whether they work: each those of the schools in the scopes of these grants.
READERS: tuple[Role, ...] = ("administrator", "coordinator", "liaison")

#: Who chooses a school's channels: nobody else says where a school is reached.
OWNERS: tuple[Role, ...] = ("liaison",)

#: The whole table. Everybody who is signed in has channels of their own.
MAY: Mapping[Verb, Rule] = {
    "own": SIGNED_IN,
    "log": readers(*READERS),
}
