"""Until when quiet hours hold, by the calendar of 2026, and which layer decides."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.notifications.preferences.model import CLASSES, Mode
from services.notifications.preferences.policies import (
    ANNOUNCED,
    Decision,
    Habits,
    decide,
    digest_due,
    held_until,
)

HERE = ZoneInfo("Asia/Shanghai")
NIGHTS = Habits(starts=22 * 60, ends=7 * 60)
NIGHTS_AND_DAYS_OFF = Habits(starts=22 * 60, ends=7 * 60, days_off=True)
LUNCH = Habits(starts=12 * 60, ends=14 * 60)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=HERE)


@pytest.mark.parametrize(
    ("now", "habits", "until"),
    [
        ("2026-11-23 10:00", NIGHTS, None),
        ("2026-11-23 22:00", NIGHTS, "2026-11-24 07:00"),
        ("2026-11-24 03:00", NIGHTS, "2026-11-24 07:00"),
        ("2026-11-24 07:00", NIGHTS, None),
        ("2026-11-23 12:30", LUNCH, "2026-11-23 14:00"),
        ("2026-11-23 10:00", Habits(), None),
        # The National Day of 2026 is off until the 7th; the Saturday after it is a workday.
        ("2026-09-30 23:00", NIGHTS_AND_DAYS_OFF, "2026-10-08 07:00"),
        ("2026-10-03 12:00", NIGHTS_AND_DAYS_OFF, "2026-10-08 07:00"),
        ("2026-10-09 22:30", NIGHTS_AND_DAYS_OFF, "2026-10-10 07:00"),
        ("2026-10-10 09:00", NIGHTS_AND_DAYS_OFF, None),
        ("2026-10-10 22:30", NIGHTS_AND_DAYS_OFF, "2026-10-12 07:00"),
        # An ordinary Saturday.
        ("2026-11-21 09:00", NIGHTS_AND_DAYS_OFF, "2026-11-23 07:00"),
        ("2026-11-21 09:00", NIGHTS, None),
    ],
)
def test_held_until(now: str, habits: Habits, until: str | None) -> None:
    assert held_until(at(now), habits, ANNOUNCED) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("now", "habits", "due"),
    [
        ("2026-11-23 10:00", Habits(), "2026-11-23 17:00"),
        ("2026-11-23 17:00", Habits(), "2026-11-24 17:00"),
        ("2026-09-30 18:00", NIGHTS_AND_DAYS_OFF, "2026-10-08 17:00"),
        ("2026-09-30 18:00", NIGHTS, "2026-10-01 17:00"),
    ],
)
def test_the_digest_is_due(now: str, habits: Habits, due: str) -> None:
    assert digest_due(at(now), habits, ANNOUNCED) == at(due)


def test_a_zone_that_nobody_knows_is_taken_for_the_countrys() -> None:
    habits = Habits(starts=22 * 60, ends=7 * 60, zone="Mars/Olympus")

    assert held_until(at("2026-11-23 23:00"), habits, {}) == at("2026-11-24 07:00")


LAYERS = ("group:1", "group:2", "school:1", "channel:1")


@pytest.mark.parametrize(
    ("chosen", "decision"),
    [
        ({}, Decision("on", "class")),
        ({"group:1": "off"}, Decision("off", "group:1")),
        ({"group:1": "off", "group:2": "digest"}, Decision("digest", "group:2")),
        ({"group:1": "off", "school:1": "on"}, Decision("on", "school:1")),
        ({"school:1": "on", "channel:1": "off"}, Decision("off", "channel:1")),
    ],
)
def test_the_nearest_layer_decides(chosen: dict[str, Mode], decision: Decision) -> None:
    said = {(owner, "announcement", "email"): mode for owner, mode in chosen.items()}

    assert decide(CLASSES["announcement"], "email", layers=LAYERS, chosen=said) == decision


def test_a_mandatory_class_asks_nobody() -> None:
    said: dict[tuple[str, str, str], Mode] = {("school:1", "cancellation", "email"): "off"}

    assert decide(CLASSES["cancellation"], "email", layers=LAYERS, chosen=said) == Decision("on", "mandatory")
