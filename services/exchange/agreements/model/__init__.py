"""Agreements, their terms, and the answers to them."""

from services.exchange.agreements.model.agreements import (
    STATES,
    Agreement,
    Answer,
    Content,
    waiting_of,
)
from services.exchange.agreements.model.terms import STAGES, TARGETS, Dimension, Line, Terms

__all__ = [
    "STAGES",
    "STATES",
    "TARGETS",
    "Agreement",
    "Answer",
    "Content",
    "Dimension",
    "Line",
    "Terms",
    "waiting_of",
]
