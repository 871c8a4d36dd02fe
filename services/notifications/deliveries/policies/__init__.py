"""When something is tried again, what becomes of it, and who may see and steer that."""

from services.notifications.deliveries.policies.outcomes import FAILING_FOR, FAILURES, Fate, fate
from services.notifications.deliveries.policies.retries import schedule_of, wait_before
from services.notifications.deliveries.policies.rules import MAY, READERS
from services.notifications.deliveries.policies.words import OUTCOME_WORDS, REASONS, STATE_CHIPS, STATE_WORDS

__all__ = [
    "FAILING_FOR",
    "FAILURES",
    "MAY",
    "OUTCOME_WORDS",
    "READERS",
    "REASONS",
    "STATE_CHIPS",
    "STATE_WORDS",
    "Fate",
    "fate",
    "schedule_of",
    "wait_before",
]
