"""Reads about claims, each in a fixed number of queries."""

from services.scheduling.claims.queries.company import Company, company_of, wanted_of
from services.scheduling.claims.queries.holders import (
    LOCKS,
    buckets_of,
    held_against,
    placed_against,
)
from services.scheduling.claims.queries.meeting import conflict_of, conflicts_of
from services.scheduling.claims.queries.offering import AROUND, offers_for, offers_of

__all__ = [
    "AROUND",
    "LOCKS",
    "Company",
    "buckets_of",
    "company_of",
    "conflict_of",
    "conflicts_of",
    "held_against",
    "offers_for",
    "offers_of",
    "placed_against",
    "wanted_of",
]
