"""Deliveries: a notice on its way to one recipient by one channel, every attempt at it, and the letter itself."""

from services.notifications.deliveries.model.deliveries import (
    DEAD,
    WAITING,
    Attempt,
    Delivery,
    FanOut,
    Letter,
    State,
    Writing,
)
from services.notifications.deliveries.model.words import OUTCOME_WORDS, REASONS, STATE_CHIPS, STATE_WORDS

__all__ = [
    "DEAD",
    "OUTCOME_WORDS",
    "REASONS",
    "STATE_CHIPS",
    "STATE_WORDS",
    "WAITING",
    "Attempt",
    "Delivery",
    "FanOut",
    "Letter",
    "State",
    "Writing",
]
