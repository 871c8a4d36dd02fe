"""What scheduling shows on others' pages: the next seven days, and hits of a search."""

from datetime import timedelta

import pytest

from services.scheduling.plans.model import Occurrence, Plan
from services.scheduling.sessions.commands import cancel_session, release_session, revise_session
from shared.contracts.scheduling import TASKS, SchedulingTask
from tests.services.scheduling.world import DELINGHA, GOLMUD, NOW, QIXINGGUAN, World, plan

COORDINATOR = "coordinator@region:632800"
DAY = timedelta(days=1)
TOMORROW = NOW + DAY


def soon(world: World, *, title: str = "明天的教研", released: bool = True, region: str = "632800") -> None:
    drafted = world.drafted(
        plan(title=title, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=2)), region=region
    )
    if released:
        world.runtime.database.run(
            lambda tx: release_session(tx, session_id=drafted.id, scopes=["all"]), actor="account:test"
        )


def test_a_planner_sees_seven_days_and_no_more(world: World) -> None:
    soon(world)
    soon(world, title="还是草稿", released=False)
    world.drafted()  # a week from now

    card = world.client(COORDINATOR).get("/scheduling/card").text

    assert "明天的教研" in card
    assert "还是草稿" in card
    assert "集团治理与管理策略" not in card


def test_a_school_sees_what_it_is_invited_to_once_it_is_released(world: World) -> None:
    soon(world)
    soon(world, title="还是草稿", released=False)

    invited = world.client(f"liaison@school:{GOLMUD}").get("/scheduling/card").text
    other = world.client(f"liaison@school:{DELINGHA}").get("/scheduling/card").text

    assert "明天的教研" in invited
    assert "/scheduling/sessions" not in invited
    assert "还是草稿" not in invited
    assert "明天的教研" not in other
    assert "没有邀请本校的活动" in other


def test_another_regions_plan_is_not_shown(world: World) -> None:
    soon(world, region=QIXINGGUAN)

    assert "明天的教研" not in world.client(COORDINATOR).get("/scheduling/card").text


@pytest.mark.parametrize(
    ("language", "says"), [("zh", "这七天没有活动"), ("en", "No session in these seven days")]
)
def test_an_empty_week_says_so(world: World, language: str, says: str) -> None:
    assert says in world.client(COORDINATOR, language=language).get("/scheduling/card").text


def test_sessions_are_found_by_title_by_those_who_plan(world: World) -> None:
    world.drafted()
    found = {"q": "治理 集团"}

    assert (
        "集团治理与管理策略" in world.client(COORDINATOR).get("/scheduling/search", query_string=found).text
    )
    for grant in ("coordinator@region:520502", f"liaison@school:{GOLMUD}", f"teacher@school:{GOLMUD}"):
        assert world.client(grant).get("/scheduling/search", query_string=found).text.strip() == ""
    assert world.client(COORDINATOR).get("/scheduling/search?q=").text.strip() == ""
    assert world.client(COORDINATOR).get("/scheduling/search?q=%25").text.strip() == ""


def test_html_in_a_title_stays_text(world: World) -> None:
    soon(world, title="<script>alert(1)</script>")

    for path in ("/scheduling/card", "/scheduling/search?q=script"):
        text = world.client(COORDINATOR).get(path).text
        assert "<script>" not in text
        assert "&lt;script&gt;" in text


def test_a_draft_waits_for_its_coordinator_until_it_is_released(world: World) -> None:
    drafted = world.drafted(plan(place=""))

    def do(*steps: str) -> list[SchedulingTask]:
        database = world.runtime.database
        if "revise" in steps:
            database.run(
                lambda tx: revise_session(tx, session_id=drafted.id, plan=plan(), scopes=["all"]),
                actor="account:1",
            )
        if "release" in steps:
            database.run(
                lambda tx: release_session(tx, session_id=drafted.id, scopes=["all"]), actor="account:1"
            )
        if "cancel" in steps:
            database.run(
                lambda tx: cancel_session(tx, session_id=drafted.id, reason="x", scopes=["all"]),
                actor="account:1",
            )
        told = [event for event in world.sent(TASKS) if isinstance(event, SchedulingTask)]
        return [event for event in told if "/sessions/" in event.link]

    (first,) = do()
    assert (first.version, first.audiences, first.closed_at) == (1, ("coordinator@region:632800",), None)
    assert first.verb_zh == "去补充"
    assert "还没有地点" in first.sentence_zh

    second = do("revise")[-1]
    assert (second.version, second.verb_zh, second.due, second.closed_at) == (
        2,
        "去发布",
        drafted.starts_at,
        None,
    )

    third = do("release", "cancel")[-1]
    assert (third.version, third.closed_at) == (3, NOW)
    assert {task.task_id for task in do()} == {first.task_id}


def test_what_takes_place_twice_is_there_twice_and_not_in_between(world: World) -> None:
    times = tuple(
        Occurrence(
            starts_at=TOMORROW + days * DAY, ends_at=TOMORROW + days * DAY + timedelta(hours=2), place=place
        )
        for days, place in ((0, "甲校"), (3, "乙校"), (30, "丙校"))
    )
    world.drafted(Plan(title="连续三次", kind="lecture", occurrences=times, invited_schools=(GOLMUD,)))

    card = world.client(COORDINATOR).get("/scheduling/card").text

    assert card.count("连续三次") == 2
    assert ("甲校" in card, "乙校" in card, "丙校" in card, "进行中" in card) == (True, True, False, False)
