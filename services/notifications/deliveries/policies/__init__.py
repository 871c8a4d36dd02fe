"""When something is tried again, what becomes of it, and who may see and steer that."""

from services.notifications.deliveries.policies.outcomes import FAILING_FOR, FAILURES, Fate, fate
from services.notifications.deliveries.policies.retries import schedule_of, wait_before
from services.notifications.deliveries.policies.rules import MAY, READERS
from services.notifications.deliveries.policies.words import OUTCOME_WORDS, REASONS

__all__ = [
    "FAILING_FOR",
    "FAILURES",
    "MAY",
    "OUTCOME_WORDS",
    "READERS",
    "REASONS",
    "Fate",
    "fate",
    "schedule_of",
    "wait_before",
]
