"""Saying by which rule a region counts hours, from a day on."""

from collections.abc import Collection

import sqlalchemy as sa

from services.scheduling.hosting.model import host_for
from services.scheduling.hours.model import HourRule, Rule
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence


def set_rule(tx: Transaction, rule: Rule, *, scopes: Collection[str]) -> HourRule:
    """Let a region of the scopes count so from `rule.since` on. Raises Invalid, Forbidden, Refusal for a day that has one."""
    rule.insist()
    region = host_for(rule.region_code, scopes)
    if rule.since is None:
        raise Invalid(Sentence(zh="请填写从哪一天起执行。", en="Say from which day on."), field="since")
    same = sa.select(HourRule.id).where(HourRule.region_code == region, HourRule.since == rule.since)
    if tx.db.scalar(same):
        raise Refusal(
            Sentence(
                zh="这一天已经有一条规则。规则一经执行不再改动，请换一个起始日期。",
                en="There is a rule from that day on. What holds is not rewritten; choose another day.",
            ),
            field="since",
        )
    row = HourRule(
        id=uuid7(),
        region_code=region,
        since=rule.since,
        minutes_per_hour=rule.minutes_per_hour,
        half_day=rule.half_day,
        full_day=rule.full_day,
        daily_cap=rule.daily_cap,
        five_years=rule.five_years,
        share=rule.share,
        set_by=tx.actor,
        set_at=tx.now,
    )
    tx.db.add(row)
    tx.record(what="scheduling.hours.rule_set", subject_kind="region", subject=region)
    return row
