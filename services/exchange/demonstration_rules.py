"""Demonstration: Haixi's rules in two versions; the second, of autumn 2026, holds town schools to them as well."""

from datetime import date

from services.exchange.rules.commands import decide_rules
from services.exchange.rules.model import RegionRules
from shared.db import Transaction

_HAIXI = "632800"


def decide(tx: Transaction) -> None:
    """Enter both versions."""
    first = RegionRules(rotation_source="教师〔2014〕4号、海西州教师交流轮岗实施办法（2024年）")
    second = RegionRules(
        senders=("urban", "town"),
        rotation_source="教师〔2014〕4号、海西州教师交流轮岗实施办法（2026年修订）",
    )
    for rules, since, why in (
        (first, date(2024, 9, 1), "州教育局按国家文件制定第一版实施办法"),
        (second, date(2026, 9, 1), "镇区学校教师已基本配齐，从本学年起一并派出"),
    ):
        decide_rules(tx, region=_HAIXI, rules=rules, valid_from=since, why=why, scopes=["all"])
        tx.db.flush()  # the next version counts on from this one
