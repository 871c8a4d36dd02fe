"""Minutes become hours by the region's dated rule."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from services.scheduling.hours.commands import set_rule
from services.scheduling.hours.model import Rule
from services.scheduling.hours.policies import Attended, hours_each, rule_for, total
from services.scheduling.hours.queries import rules_of
from services.scheduling.plans.model import ZONE
from shared.errors import Invalid, Refusal
from tests.services.scheduling.world import World


def at(day: int, hour: int, minute: int, minutes: int) -> Attended:
    return Attended(datetime(2025, 6, day, hour, minute, tzinfo=ZONE), minutes)


@pytest.mark.parametrize(
    ("attended", "hours"),
    [
        ([at(9, 9, 0, 45)], "1.0"),
        ([at(9, 9, 0, 60)], "1.3"),  # rounded down
        ([at(9, 8, 30, 210)], "4.0"),  # 8:30—12:00: a morning
        ([at(9, 14, 30, 180)], "4.0"),  # 14:30-17:30: an afternoon
        ([at(9, 8, 30, 540)], "8.0"),  # 全天
        ([at(9, 8, 30, 210), at(9, 14, 30, 180)], "8.0"),
        ([at(9, 19, 0, 120)], "2.6"),  # an evening counts its minutes
        ([at(9, 8, 30, 210), at(9, 14, 30, 180), at(9, 19, 0, 120)], "8.0"),  # the day's cap
        ([at(9, 8, 30, 210), at(10, 8, 30, 210)], "8.0"),  # two days
        ([at(9, 22, 0, 180)], "3.9"),  # over midnight: 2.6 of the evening, and 1.3 of the next day
        ([], "0.0"),
    ],
)
def test_a_day_counts_at_most_what_the_rule_says(attended: list[Attended], hours: str) -> None:
    assert total(hours_each(attended, [])) == Decimal(hours)


def test_the_cap_of_a_day_holds_over_all_programmes_and_each_day_has_its_own_rule() -> None:
    new = Rule(
        minutes_per_hour=60,
        half_day=3,
        full_day=6,
        daily_cap=7,
        since=date(2025, 6, 10),
        region_code="632800",
    )
    elsewhere = "520502"
    attended = [
        Attended(
            at(10, 14, 30, 180).starts_at, 180, elsewhere
        ),  # the later of the day comes first in the list
        Attended(at(9, 8, 30, 210).starts_at, 210, "632800"),  # the day before, by the defaults
        Attended(at(10, 8, 30, 210).starts_at, 210, "632800"),  # a morning by the new rule
        Attended(
            at(10, 19, 0, 120).starts_at, 120, "632800"
        ),  # what is left up to 7 after a morning and an afternoon
    ]

    assert hours_each(attended, [new]) == [Decimal("4.0"), Decimal("4.0"), Decimal("3.0"), Decimal("1.0")]


def test_rules_are_dated_and_the_nearest_region_around_counts() -> None:
    province = Rule(minutes_per_hour=50, since=date(2024, 1, 1), region_code="630000")
    old = Rule(minutes_per_hour=40, since=date(2024, 9, 1), region_code="632800")
    new = Rule(minutes_per_hour=60, since=date(2025, 9, 1), region_code="632800")
    rules = [province, old, new]

    def minutes(region: str, on: date) -> int:
        return rule_for(rules, region=region, on=on).minutes_per_hour

    assert minutes("632801", date(2025, 6, 9)) == 40
    assert minutes("632801", date(2025, 9, 1)) == 60
    assert minutes("632801", date(2024, 8, 31)) == 50
    assert minutes("520502", date(2025, 6, 9)) == 45


def test_a_rule_is_set_once_for_a_day_and_within_reason(world: World) -> None:
    def put(rule: Rule) -> None:
        world.runtime.database.run(
            lambda tx: set_rule(tx, rule, scopes=["region:632800"]).id, actor="account:x"
        )

    put(Rule(minutes_per_hour=40, since=date(2025, 9, 1)))
    with pytest.raises(Refusal, match="another day"):
        put(Rule(minutes_per_hour=50, since=date(2025, 9, 1)))
    with pytest.raises(Invalid):
        put(Rule(minutes_per_hour=5, since=date(2025, 10, 1)))
    with pytest.raises(Invalid, match="whole one"):
        put(Rule(half_day=9, since=date(2025, 10, 1)))

    with world.runtime.database.reading() as db:
        assert [(rule.region_code, rule.minutes_per_hour) for rule in rules_of(db)] == [("632800", 40)]


def test_the_page_keeps_what_was_typed(world: World) -> None:
    client = world.client("coordinator@region:632800")
    typed = {"minutes_per_hour": "5", "half_day": "4", "full_day": "8", "daily_cap": "8", "five_years": "360"}

    wrong = client.post("/scheduling/hours/rules", data={**typed, "since": "2025-09-01"})
    right = client.post(
        "/scheduling/hours/rules", data={**typed, "minutes_per_hour": "40", "since": "2025-09-01"}
    )

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert 'value="5"' in wrong.text
    assert "2025-09-01" in client.get("/scheduling/hours/rules").text
