"""Reads about rules."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.rules.model import RegionRule, Rulebook
from services.exchange.rules.model.rulebook import ancestry
from shared.roster.tables import roster_regions
from shared.text import Sentence

#: Versions of one region that its page shows.
_SHOWN = 50


def rulebook(db: Session, regions: Collection[str] | None = None) -> Rulebook:
    """Every version of these regions and those above them, or of all. One query."""
    found = sa.select(RegionRule).order_by(RegionRule.region_code, RegionRule.number)
    if regions is not None:
        codes = {code for region in regions for code in ancestry(region)}
        found = found.where(RegionRule.region_code.in_(sorted(codes)))
    return Rulebook.of(db.scalars(found))


def versions_of(db: Session, region: str) -> Sequence[RegionRule]:
    """The versions of one region, the newest first. One query."""
    return db.scalars(
        sa.select(RegionRule)
        .where(RegionRule.region_code == region)
        .order_by(RegionRule.number.desc())
        .limit(_SHOWN)
    ).all()


def newest(db: Session, region: str) -> int:
    """The number of a region's newest version, 0 where it has none. One query."""
    return db.scalar(sa.select(sa.func.max(RegionRule.number)).where(RegionRule.region_code == region)) or 0


def regions_named(db: Session, codes: Collection[str]) -> dict[str, Sentence]:
    """What these regions are called. One query."""
    regions = roster_regions.c
    rows = db.execute(
        sa.select(regions.code, regions.name, regions.name_en).where(regions.code.in_(sorted(codes)))
    )
    found = {row.code: Sentence(zh=row.name, en=row.name_en or row.name) for row in rows}
    if "000000" in codes:
        found["000000"] = Sentence(zh="全国", en="The whole country")
    return found
