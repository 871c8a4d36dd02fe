"""What collides and what does not, which words name a place, and when else there is room."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.scheduling.claims.model import Held, Wanted, place_key, wanted_by
from services.scheduling.claims.policies import clashes, free_times
from services.scheduling.plans.model import Leader, Occurrence, Plan
from services.scheduling.sessions.model import Session
from shared.ids import named
from tests.services.scheduling.world import END, HAIXI, NOW, START

HERE = ZoneInfo("Asia/Shanghai")
OTHER = UUID("0197a000-0000-7000-8000-0000000000bb")
WANG, LI = named("person", "汪梅"), named("person", "李帆")


def at(text: str) -> datetime:
    """`11 08:30`: a moment of June 2025 on people's clock."""
    return datetime.strptime(f"2025-06-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=HERE)


def wish(start: datetime, end: datetime, what: str = "person:1") -> Wanted:
    return Wanted(what=what, label="汪梅", starts_at=start, ends_at=end)


def held(start: datetime, end: datetime, what: str = "person:1") -> Held:
    return Held(
        what=what,
        starts_at=start,
        ends_at=end,
        blocking=True,
        session_id=OTHER,
        title="讲座",
        host_region=HAIXI,
    )


@pytest.mark.parametrize(
    ("start", "end", "collides"),
    [
        ("10 08:30", "10 12:00", True),
        ("10 11:59", "10 13:00", True),
        ("10 09:00", "10 09:01", True),
        ("09 08:00", "11 08:00", True),
        ("10 12:00", "10 13:00", False),  # half-open: who ends at noon is free at noon
        ("10 07:00", "10 08:30", False),
    ],
)
def test_two_collide_where_they_share_a_moment(start: str, end: str, *, collides: bool) -> None:
    theirs = held(at("10 08:30"), at("10 12:00"))

    assert bool(clashes([wish(at(start), at(end))], [theirs])) is collides
    assert clashes([wish(at(start), at(end), what="person:2")], [theirs]) == []


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ("培训中心报告厅", "place:6328:培训中心报告厅"),
        (" 培训中心 · 报告厅 ", "place:6328:培训中心报告厅"),
        ("Ｒｏｏｍ　３０１", "place:6328:room301"),
        ("报告厅", "place:632800:报告厅"),
        ("第二会议室", "place:632800:第二会议室"),
        ("录播室", "place:632800:录播室"),
        ("第一中学录播室", "place:6328:第一中学录播室"),
        ("示范校二", None),
        ("各组教室", None),
        ("待定", None),
        ("线上", None),
        ("", None),
        ("——", None),
    ],
)
def test_words_that_name_a_place_claim_it(place: str, key: str | None) -> None:
    assert place_key(place, HAIXI) == key


def test_a_bare_name_means_the_hosts_own() -> None:
    assert place_key("报告厅", "632801") != place_key("报告厅", "632802")
    assert place_key("青少年宫", "632801") == place_key("青少年宫", "632802")
    assert place_key("青少年宫", "632801") != place_key("青少年宫", "520502")


def test_a_session_wants_its_people_places_and_accounts_every_time_and_placeholders_want_nothing() -> None:
    first = Occurrence(starts_at=START, ends_at=END, place="报告厅", account="腾讯会议 01")
    second = Occurrence(
        starts_at=START + timedelta(days=1), ends_at=END + timedelta(days=1), place="示范校二"
    )
    session = Session.draft(
        id_=OTHER,
        plan=Plan(
            title="讲座",
            kind="lecture",
            occurrences=(first, second),
            leaders=(Leader(name="专家A"), Leader(name="汪梅", person_id=WANG)),
        ),
        host_region=HAIXI,
        by="account:1",
        at=NOW,
    )

    wanted = wanted_by(session, {LI: "李帆", WANG: "汪梅"})

    assert sorted((each.what, each.label, each.occurrence) for each in wanted) == sorted(
        [
            ("account:6328:腾讯会议01", "腾讯会议 01", 0),
            ("place:632800:报告厅", "报告厅", 0),
            (f"person:{WANG}", "汪梅", 0),
            (f"person:{WANG}", "汪梅", 1),
            (f"person:{LI}", "李帆", 0),
            (f"person:{LI}", "李帆", 1),
        ]
    )
    assert [each.what for each in wanted] == sorted(each.what for each in wanted)


def offered(
    busy: list[tuple[str, str]],
    wished: tuple[str, str],
    now: str = "03 09:00",
    within: tuple[str, str] | None = None,
) -> list[str]:
    times = free_times(
        [(at(start), at(end)) for start, end in busy],
        wished=(at(wished[0]).astimezone(UTC), at(wished[1]).astimezone(UTC)),
        now=at(now),
        zone=HERE,
        within=(at(within[0]), at(within[1])) if within else None,
    )
    assert all(end - start == at(wished[1]) - at(wished[0]) for start, end in times)
    return [f"{start:%d %H:%M}" for start, _ in times]


def test_the_nearest_free_times_are_offered() -> None:
    # The 10th of June 2025 is a Tuesday.
    assert offered([("10 08:30", "10 12:00")], ("10 08:30", "10 12:00")) == [
        "10 14:30",
        "09 14:30",
        "11 08:30",
    ]
    assert offered([("10 14:30", "10 15:07")], ("10 14:30", "10 15:30")) == [
        "10 15:10",
        "10 19:00",
        "10 08:30",
    ]


def test_nothing_is_offered_that_is_past_late_or_on_a_weekend() -> None:
    assert offered([("10 08:00", "10 22:00")], ("10 14:30", "10 17:30"), now="10 09:00") == [
        "11 08:30",
        "11 14:30",
        "12 08:30",
    ]
    friday = offered([("13 08:00", "13 22:00")], ("13 14:30", "13 17:30"), now="13 09:00")
    assert friday[0] == "16 08:30"
    assert offered([("14 08:00", "14 22:00")], ("14 14:30", "14 17:30"), now="14 09:00")[0] == "15 08:30"


def test_a_class_stays_within_its_days_weekends_among_them() -> None:
    days = ("13 08:30", "15 17:30")
    assert offered([("13 08:00", "13 22:00")], ("13 14:30", "13 17:30"), within=days) == [
        "14 08:30",
        "14 14:30",
        "15 08:30",
    ]
    assert offered([("13 00:00", "15 23:59")], ("13 14:30", "13 17:30"), within=days) == []


def test_who_is_never_free_is_offered_nothing() -> None:
    assert offered([("01 00:00", "30 23:59")], ("10 08:30", "10 12:00")) == []
