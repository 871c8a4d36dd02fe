"""Which dated rules somebody misses, for whoever would place them."""

from datetime import date

from sqlalchemy.orm import Session

from services.exchange.placements.model import Plan
from services.exchange.placements.policies import Candidate, Finding, Rules, eligibility
from services.exchange.rules.model import InForce, Rulebook, said_of
from services.exchange.rules.queries import regions_named, rulebook
from shared.text import Sentence

__all__ = ["Candidate", "Finding", "Rules", "missed", "rules_held", "rules_on"]


def missed(candidate: Candidate, plan: Plan, *, rules: Rules | None = None) -> list[Finding]:
    """Every dated rule that a plan for somebody does not meet, the graver first. rules: of the home region, on the first day."""
    return eligibility(candidate, plan, rules or Rules())


def rules_on(db: Session, *, region: str, day: date) -> Rules:
    """What a home region wants of those whom it sends from that day on. Two queries at most."""
    held = rulebook(db, [region]).on(region, day)
    names = regions_named(db, [held.region_code]) if held.region_code else {}
    return _rules(held, names.get(held.region_code))


def rules_held(book: Rulebook, names: dict[str, Sentence], *, region: str, day: date) -> Rules:
    """The same of a book that was read before, for many plans at once."""
    held = book.on(region, day)
    return _rules(held, names.get(held.region_code))


def _rules(held: InForce, name: Sentence | None) -> Rules:
    """As the eligibility of a placement asks for them; a source says whose version it is."""
    rules = held.rules
    whose = f"（{said_of(held, name).zh}）" if held.region_code else ""
    return Rules(
        years=rules.years,
        oldest_men=rules.oldest_men,
        oldest_women=rules.oldest_women,
        months=rules.months,
        excluded=rules.excluded,
        rotation_source=rules.rotation_source + whose,
        support_source=rules.support_source + whose,
    )
