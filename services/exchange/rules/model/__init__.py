"""What a region wants, the versions of it, and which of them holds where and when."""

from services.exchange.rules.model.rulebook import InForce, RegionRule, Rulebook, said_of
from services.exchange.rules.model.values import (
    BACKBONE,
    BACKBONE_OF,
    COUNTING,
    DEGREES,
    LONGEST,
    NUMERATORS,
    SETTINGS,
    STAGES,
    RegionRules,
)

__all__ = [
    "BACKBONE",
    "BACKBONE_OF",
    "COUNTING",
    "DEGREES",
    "LONGEST",
    "NUMERATORS",
    "SETTINGS",
    "STAGES",
    "InForce",
    "RegionRule",
    "RegionRules",
    "Rulebook",
    "said_of",
]
