"""Which layer decides how a notice goes out, and until when quiet hours hold it."""

from services.notifications.preferences.policies.announced import ANNOUNCED
from services.notifications.preferences.policies.deciding import Decision, decide
from services.notifications.preferences.policies.holding import Habits, digest_due, held_until, works_on
from services.notifications.preferences.policies.rules import COORDINATING, MAY

__all__ = [
    "ANNOUNCED",
    "COORDINATING",
    "MAY",
    "Decision",
    "Habits",
    "decide",
    "digest_due",
    "held_until",
    "works_on",
]
