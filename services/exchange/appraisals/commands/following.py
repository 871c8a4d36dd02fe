"""What follows from a result: a reward, or a plan with its follow-up; and what the home school took over."""

from datetime import date, timedelta
from uuid import UUID

from services.exchange.appraisals.commands.rating import begun, insist_text, kept
from services.exchange.appraisals.model import Appraisal
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence


def reward(tx: Transaction, *, placement_id: UUID, asker: Asker, text: str) -> Appraisal:
    """Write down the reward of an excellent or good result. Raises NotFound, Forbidden, Refusal, Invalid."""
    row, placement = begun(tx, placement_id, asker, "reward")
    _insist_decided(row)
    if row.grade not in {"excellent", "good"}:
        raise Refusal(
            Sentence(zh="优秀或合格才有奖励。", en="A reward follows an excellent or a good result.")
        )
    row.reward = insist_text(text)
    return kept(tx, row, placement, "rewarded")


def plan(tx: Transaction, *, placement_id: UUID, asker: Asker, text: str, due: date | None) -> Appraisal:
    """Agree on what is to become better and until when; the home school is asked to follow it up. Raises as `reward`."""
    row, placement = begun(tx, placement_id, asker, "plan")
    _insist_decided(row)
    today = (tx.now + timedelta(hours=8)).date()
    if due is None or due <= today:
        raise Invalid(Sentence(zh="期限要晚于今天。", en="It is due after today."), field="due")
    row.plan, row.plan_due, row.follow_up, row.followed_at = insist_text(text), due, "", None
    return kept(tx, row, placement, "planned")


def follow_up(tx: Transaction, *, placement_id: UUID, asker: Asker, text: str) -> Appraisal:
    """Say what became of the plan. Raises NotFound, Forbidden, Refusal, Invalid."""
    row, placement = begun(tx, placement_id, asker, "follow")
    if not row.plan or row.followed_at is not None:
        raise Refusal(Sentence(zh="没有待跟进的改进计划。", en="There is no plan to follow up."))
    row.follow_up, row.followed_at = insist_text(text), tx.now
    return kept(tx, row, placement, "followed-up")


def adopt(tx: Transaction, *, placement_id: UUID, asker: Asker, text: str) -> Appraisal:
    """Say what the home school took over of what was brought home. Raises NotFound, Forbidden, Invalid."""
    row, placement = begun(tx, placement_id, asker, "adopt")
    row.adopted = insist_text(text)
    return kept(tx, row, placement, "adopted")


def _insist_decided(row: Appraisal) -> None:
    if row.state != "decided":
        raise Refusal(Sentence(zh="先有考核结果。", en="It is to be decided first."))
