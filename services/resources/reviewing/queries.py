"""By whose word an item is published."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.items.model.item import Item
from services.resources.items.queries.seeing import Reader
from services.resources.reviewing.model import DEFAULT, Review, ReviewRule
from shared.auth import Principal, covers
from shared.auth.grants import significant
from shared.contracts.resources import ResourcesTask
from shared.roster import roster_schools
from shared.roster.tables import roster_regions


def rule_for(db: Session, region_code: str) -> tuple[str, str | None]:
    """The rule that holds in a region, and the region that says so: the nearest at or above it; None where nobody does."""
    ways = list(dict.fromkeys([region_code, f"{region_code[:4]}00", f"{region_code[:2]}0000"]))
    said = {
        rule.region_code: rule.by
        for rule in db.scalars(sa.select(ReviewRule).where(ReviewRule.region_code.in_(ways)))
    }
    return next(((said[code], code) for code in ways if code in said), (DEFAULT, None))


def may_decide(db: Session, reader: Reader, item: Item) -> bool:
    """Whether the reader's word publishes an item: as its region's rule says."""
    by, _ = rule_for(db, item.region_code)
    region = f"{item.region_code[:4]}00" if by == "prefecture" else item.region_code
    if any(covers(scope, region=region) for scope in reader.edits):
        return True
    return by == "school" and item.school_id in reader.liaises


def deciders(db: Session, item: Item) -> list[str]:
    """Whom a review waits for, as audiences of a task."""
    by, _ = rule_for(db, item.region_code)
    if by == "school" and item.school_id is not None:
        return [f"liaison@school:{item.school_id}"]
    region = f"{item.region_code[:4]}00" if by == "prefecture" else item.region_code
    return [f"coordinator@region:{region}"]


def regions_below(db: Session, asks: Principal) -> list[tuple[str, str, str]]:
    """The regions of somebody's scopes, and of their schools, by code: (code, name, English name)."""
    regions, schools = roster_regions.c, roster_schools.c
    scopes = {grant.scope for grant in asks.grants}
    ways = [
        regions.code.startswith(significant(scope.removeprefix("region:")), autoescape=True)
        for scope in sorted(scopes)
        if scope.startswith("region:")
    ]
    if "all" in scopes:
        ways.append(sa.true())
    of_schools = sa.select(schools.region_code).where(schools.school_id.in_(asks.schools))
    rows = sa.select(regions.code, regions.name, regions.name_en).where(
        sa.or_(regions.code.in_(of_schools), *ways)
    )
    return [(code, name, name_en) for code, name, name_en in db.execute(rows.order_by(regions.code))]


def rules_by_region(db: Session, regions: Sequence[str]) -> dict[str, tuple[str, bool, bool]]:
    """For each region the rule that holds there, whether the region says so itself, and whether anybody does."""
    said = {rule.region_code: rule.by for rule in db.scalars(sa.select(ReviewRule))}

    def holds(code: str) -> tuple[str, bool, bool]:
        ways = (code, f"{code[:4]}00", f"{code[:2]}0000")
        nearest = next((one for one in ways if one in said), None)
        return said[nearest] if nearest else DEFAULT, code in said, nearest is not None

    return {code: holds(code) for code in regions}


def open_reviews(db: Session, item_id: UUID) -> list[Review]:
    """The reviews of an item that wait."""
    return list(db.scalars(sa.select(Review).where(Review.item_id == item_id, Review.decided_at.is_(None))))


def reviews_of(db: Session, item_id: UUID) -> list[Review]:
    """All reviews of an item, the latest first."""
    return list(
        db.scalars(sa.select(Review).where(Review.item_id == item_id).order_by(Review.asked_at.desc()))
    )


def review_tasks(db: Session) -> Iterator[ResourcesTask]:
    """What waits, or waited, for a decision."""
    for review in db.scalars(sa.select(Review).order_by(Review.id)):
        yield review.task()
