"""What may be done with accounts: open, invite, give and take grants, disable, the links that let in; and who they follow."""

from services.directory.accounts.commands.following import adopt_account, follow_people, lapse
from services.directory.accounts.commands.granting import disable, enable, give, identify, move, take
from services.directory.accounts.commands.linking import AT_ONCE, BY_MAIL, TO_A_SCHOOL, issue_link, new_link
from services.directory.accounts.commands.opening import (
    ADMINISTRATOR,
    MOST_SLIPS,
    administrator,
    invite,
    liaison,
    links_for_liaisons,
    open_account,
)

__all__ = [
    "ADMINISTRATOR",
    "AT_ONCE",
    "BY_MAIL",
    "MOST_SLIPS",
    "TO_A_SCHOOL",
    "administrator",
    "adopt_account",
    "disable",
    "enable",
    "follow_people",
    "give",
    "identify",
    "invite",
    "issue_link",
    "lapse",
    "liaison",
    "links_for_liaisons",
    "move",
    "new_link",
    "open_account",
    "take",
]
