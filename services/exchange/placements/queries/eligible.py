"""Which dated rules somebody misses, for whoever would place them."""

from services.exchange.placements.model import Plan
from services.exchange.placements.policies import Candidate, Finding, Rules, eligibility

__all__ = ["Candidate", "Finding", "missed"]


def missed(candidate: Candidate, plan: Plan, *, rules: Rules | None = None) -> list[Finding]:
    """Every dated rule that a plan for somebody does not meet, the graver first. rules: of the home region, on the first day."""
    return eligibility(candidate, plan, rules or Rules())
