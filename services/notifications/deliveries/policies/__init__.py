"""When something is tried again, what becomes of it, and who may see and steer that."""

from services.notifications.deliveries.policies.outcomes import FAILING_FOR, FAILURES, Fate, fate
from services.notifications.deliveries.policies.retries import schedule_of, wait_before
from services.notifications.deliveries.policies.rules import MAY, READERS

__all__ = [
    "FAILING_FOR",
    "FAILURES",
    "MAY",
    "READERS",
    "Fate",
    "fate",
    "schedule_of",
    "wait_before",
]
