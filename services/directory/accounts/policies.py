"""Who may make and change accounts, and which roles each may give. One table for routes, pages and commands."""

from collections.abc import Mapping
from typing import Literal

from services.directory.accounts.model import ROLES
from shared.auth import Principal, Role, Rule, holders, readers

Verb = Literal["see", "manage"]

#: Who looks after accounts: each those of the places within the scopes of these grants.
KEEPERS: tuple[Role, ...] = ("administrator", "coordinator")

#: The whole table: verb and rule.
MAY: Mapping[Verb, Rule] = {"see": readers(*KEEPERS), "manage": holders(*KEEPERS)}

#: What a coordinator may give; an administrator gives every role.
GIVEN_BY_COORDINATORS: tuple[Role, ...] = ("coordinator", "liaison", "teacher")

#: Roles of one school.
OF_A_SCHOOL: tuple[Role, ...] = ("liaison", "teacher")


def roles_given_by(asks: Principal) -> tuple[Role, ...]:
    """The roles that this principal may give within its scopes."""
    if "all" in asks.scopes("administrator"):
        return tuple(ROLES)
    return GIVEN_BY_COORDINATORS if asks.holds(KEEPERS) else ()
