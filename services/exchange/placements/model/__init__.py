"""Placements, and the one table of their transitions."""

from services.exchange.placements.model.moves import (
    ENDED,
    MOVES,
    OPEN,
    PARTIES,
    REASONED,
    STATES,
    THERE,
    VERBS,
    Fact,
    Move,
    Party,
    State,
    Verb,
    move_of,
    waits_for,
    why_not,
)
from services.exchange.placements.model.placements import Placement
from services.exchange.placements.model.plans import KINDS, LASTS_AT_MOST, LONGEST, Kind, Note, Plan
from services.exchange.placements.model.steps import Step

__all__ = [
    "ENDED",
    "KINDS",
    "LASTS_AT_MOST",
    "LONGEST",
    "MOVES",
    "OPEN",
    "PARTIES",
    "REASONED",
    "STATES",
    "THERE",
    "VERBS",
    "Fact",
    "Kind",
    "Move",
    "Note",
    "Party",
    "Placement",
    "Plan",
    "State",
    "Step",
    "Verb",
    "move_of",
    "waits_for",
    "why_not",
]
