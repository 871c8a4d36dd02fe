"""The coefficient of variation between schools, weighted by pupils (教督〔2017〕6号)."""

import math
from collections.abc import Sequence

from services.exchange.balance.model import INDICATORS, Coefficient, SchoolStage
from services.exchange.rules.model import RegionRules


def coefficient(parts: Sequence[tuple[int, int]]) -> tuple[float, float, float] | None:
    """Mean, deviation and coefficient of variation of (what each school has, its pupils).

    X̄ = ΣRᵢ/ΣPᵢ; S = √(Σ (Pᵢ/P)·(Rᵢ/Pᵢ − X̄)²); CV = S/X̄. None where there are no pupils, or nothing to be unlike in.
    """
    pupils = sum(each for _, each in parts)
    has = sum(each for each, _ in parts)
    if not pupils or not has:
        return None
    mean = has / pupils
    deviation = math.sqrt(sum(p / pupils * (r / p - mean) ** 2 for r, p in parts if p))
    return mean, deviation, deviation / mean


def coefficients(schools: Sequence[SchoolStage], rules: RegionRules) -> list[Coefficient]:
    """Of each stage that has schools, the three indicators."""
    found: list[Coefficient] = []
    for stage, limit, least in (
        ("primary", rules.cv_primary, rules.least_primary),
        ("junior", rules.cv_junior, rules.least_junior),
    ):
        compared = [each for each in schools if each.stage == stage and not each.left_out]
        if not any(each.stage == stage for each in schools):
            continue
        for number, name in enumerate(INDICATORS):
            value = coefficient([(each.have[number], each.pupils) for each in compared])
            found.append(
                Coefficient(
                    stage=stage,
                    indicator=name,
                    value=value[2] if value and len(compared) > 1 else None,
                    limit=limit / 100,
                    mean=value[0] * 100 if value else None,
                    least=least[number] / 100,
                    below=sum(each.per_hundred(number) * 100 < least[number] for each in compared),
                    schools=len(compared),
                )
            )
    return found
