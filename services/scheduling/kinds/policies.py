"""Who keeps the kinds of session: who administers all of it, for they are the same for everybody."""

from collections.abc import Mapping
from typing import Literal

from shared.auth import Rule, holders

Verb = Literal["keep"]

#: The whole table: verb and rule.
MAY: Mapping[Verb, Rule] = {"keep": holders("administrator")}
