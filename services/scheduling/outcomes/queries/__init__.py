"""Reads about outcomes, each in a fixed number of queries."""

from services.scheduling.outcomes.queries.handed import (
    Asking,
    OutcomeRow,
    accepted_in,
    count_by_state,
    is_theirs,
    no_such_outcome,
    outcome_of,
    outcomes_by,
    outcomes_of,
    outcomes_waiting,
)
from services.scheduling.outcomes.queries.owed import Owed, owed, task_states

__all__ = [
    "Asking",
    "OutcomeRow",
    "Owed",
    "accepted_in",
    "count_by_state",
    "is_theirs",
    "no_such_outcome",
    "outcome_of",
    "outcomes_by",
    "outcomes_of",
    "outcomes_waiting",
    "owed",
    "task_states",
]
