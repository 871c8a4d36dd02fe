"""Who may change channels, and what addresses a channel may have."""

from services.notifications.channels.policies.addresses import Address, checked, new_secret
from services.notifications.channels.policies.rules import MAY, OWNERS, READERS
from services.notifications.channels.policies.words import STATE_WORDS, WHY_WORDS

__all__ = [
    "MAY",
    "OWNERS",
    "READERS",
    "STATE_WORDS",
    "WHY_WORDS",
    "Address",
    "checked",
    "new_secret",
]
