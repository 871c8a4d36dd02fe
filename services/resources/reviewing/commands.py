"""Asking for a decision, taking it, and saying whose word it takes."""

from uuid import UUID

from services.resources.items.model.item import Item
from services.resources.reviewing.model import RULES, Review, ReviewRule
from services.resources.reviewing.queries import deciders, open_reviews
from shared.auth import Principal, covers
from shared.contracts.resources import ResourcesTask
from shared.db import Transaction
from shared.errors import Forbidden, Invalid
from shared.ids import uuid7
from shared.text import Sentence


def ask_for_review(tx: Transaction, item: Item) -> Review:
    """A draft was submitted: a task for those who decide, as the rule is now."""
    review = Review(
        id=uuid7(),
        version=1,
        item_id=item.id,
        title=item.title,
        audiences=deciders(tx.db, item),
        asked_by=tx.actor,
        asked_at=tx.now,
        decision="",
        decided_by="",
        reason="",
        decided_at=None,
    )
    tx.db.add(review)
    tx.emit(review.task())
    return review


def decide(tx: Transaction, item: Item, decision: str, *, reason: str = "") -> None:
    """Whatever waits for a decision on the item has it now."""
    for review in open_reviews(tx.db, item.id):
        tx.emit(review.decide(decision, by=tx.actor, reason=reason, at=tx.now))


def say_rule(tx: Transaction, *, region_code: str, by: str, asks: Principal) -> None:
    """From now on items of a region are published by these; `above`: as the region above says. Raises Invalid, Forbidden.

    What waits already waits for whom it was sent to, and whoever decides by the new rule may decide on it too.
    """
    if by not in {*RULES, "above"}:
        raise Invalid(Sentence(zh="请选择由谁审核。", en="Choose whose word it takes."), field="by")
    if not any(covers(scope, region=region_code) for scope in asks.scopes("administrator", "coordinator")):
        raise Forbidden(
            Sentence(zh="你不管理这个区域。", en="You do not look after this region."), field="region_code"
        )
    rule = tx.db.get(ReviewRule, region_code)
    if by == "above":
        if rule is not None:
            tx.db.delete(rule)
    elif rule is None:
        tx.db.add(ReviewRule(region_code=region_code, by=by, said_by=tx.actor, said_at=tx.now))
    else:
        rule.by, rule.said_by, rule.said_at = by, tx.actor, tx.now
    tx.record(what="review.rule_said", subject_kind="region", subject=region_code)


def adopt_review(tx: Transaction, event: ResourcesTask) -> None:
    """After a restore: what was said of a review is newer, and it counts on from there."""
    for review in open_reviews(tx.db, UUID(event.link.rpartition("/")[2])):
        if review.task().task_id == event.task_id:
            review.version = max(review.version, event.version)
