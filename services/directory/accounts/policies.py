"""Who may make and change accounts, and which roles each may give. One table for routes, pages and commands."""

from collections.abc import Mapping
from typing import Literal

from services.directory.accounts.model import ROLES
from shared.auth import Principal, Role, Rule, holders, readers
from shared.text import Sentence

Verb = Literal["see", "manage"]

#: Who looks after accounts: each those of the places within the scopes of these grants.
KEEPERS: tuple[Role, ...] = ("administrator", "coordinator")

#: The whole table: verb and rule.
MAY: Mapping[Verb, Rule] = {"see": readers(*KEEPERS), "manage": holders(*KEEPERS)}

#: What a coordinator may give; an administrator gives every role.
GIVEN_BY_COORDINATORS: tuple[Role, ...] = ("coordinator", "liaison", "teacher")

#: Roles of one school.
OF_A_SCHOOL: tuple[Role, ...] = ("liaison", "teacher")

#: What somebody with this role does, and where: said where it is given.
DOES: Mapping[Role, Sentence] = {
    "administrator": Sentence(zh="管理全部，或所选区域的一切", en="runs everything, or all of a region"),
    "coordinator": Sentence(
        zh="管理一个区域或教育集团：名册、账号、活动",
        en="looks after a region or group: register, accounts, sessions",
    ),
    "liaison": Sentence(zh="替一所学校收通知、作答复", en="receives and answers for one school"),
    "teacher": Sentence(
        zh="一所学校的教师，看自己的安排", en="teaches at one school, and sees what concerns them"
    ),
    "auditor": Sentence(zh="查看所选范围的一切，不能更改", en="reads all of a place, and changes nothing"),
    "operator": Sentence(zh="照看系统的运行", en="keeps the system running"),
}


def roles_given_by(asks: Principal) -> tuple[Role, ...]:
    """The roles that this principal may give within its scopes."""
    if "all" in asks.scopes("administrator"):
        return tuple(ROLES)
    return GIVEN_BY_COORDINATORS if asks.holds(KEEPERS) else ()
