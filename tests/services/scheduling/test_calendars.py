"""Calendars: days that are free, views of a month, and addresses that a calendar programme reads."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from icalendar import Calendar

from services.scheduling.calendars.policies import Slot, lanes, readable, span_of
from services.scheduling.holidays.policies import Named, why_free
from services.scheduling.holidays.queries import free_days
from services.scheduling.plans.model import ZONE, Occurrence, Plan
from services.scheduling.sessions.commands import (
    cancel_session,
    recall_session,
    release_session,
    revise_session,
)
from shared.contracts.directory import AccountChanged
from shared.db import Transaction
from tests.builders import SOMEBODY
from tests.services.scheduling.world import DELINGHA, GOLMUD, PARTNER, PLANNER, START, World, plan

COORDINATOR, LIAISON = "coordinator@region:632800", f"liaison@school:{GOLMUD}"


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2025, 5, 1), "劳动节"),
        (date(2025, 6, 7), "周末"),
        (date(2025, 4, 27), None),  # 调休: a Sunday that was worked
        (date(2025, 6, 9), None),
        (date(2024, 9, 17), "中秋节"),
    ],
)
def test_days_are_free_as_announced_and_made_up_ones_are_not(day: date, why: str | None) -> None:
    found = why_free(day, [], region="632800")

    assert (found.zh if found else None) == why


def test_the_nearest_region_says_what_a_day_is() -> None:
    day = date(2025, 7, 25)
    named = [Named("630000", day, "holiday", "青海湖节"), Named("632801", day, "workday", "补课")]

    assert why_free(day, named, region="632801") is None
    assert why_free(day, named, region="632802") is not None
    assert why_free(day, named, region="520502") is None


def test_a_region_sets_a_day_and_others_do_not_have_it(world: World) -> None:
    day = date(2025, 7, 25)
    client = world.client(COORDINATOR)
    wrong = client.post("/scheduling/holidays", data={"day": "2025-07-25", "kind": "holiday", "name": ""})
    right = client.post(
        "/scheduling/holidays", data={"day": "2025-07-25", "kind": "holiday", "name": "那达慕"}
    )

    with world.runtime.database.reading() as db:
        here, there = (free_days(db, [day], region=region) for region in ("632801", "520502"))
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert 'value="2025-07-25"' in wrong.text
    assert here[day].zh == "那达慕"
    assert there == {}
    assert "那达慕" in client.get("/scheduling/holidays?year=2025").text
    assert client.post("/scheduling/holidays/removal", data={"day": "2025-07-25"}).status_code == 303
    assert "那达慕" not in client.get("/scheduling/holidays?year=2025").text


def test_a_month_is_whole_weeks() -> None:
    june = span_of("month", date(2025, 6, 10))

    assert (june.first, june.end) == (date(2025, 5, 26), date(2025, 7, 7))
    assert (june.before, june.after) == (date(2025, 5, 1), date(2025, 7, 1))
    assert len(span_of("week", date(2025, 6, 10)).days) == 7


@pytest.mark.parametrize("view", ["month", "week", "day", "agenda", "places"])
def test_each_sees_what_is_theirs(either_world: World, view: str) -> None:
    world = either_world
    ours = world.drafted(plan(title="海西的讲座"))
    world.runtime.database.run(
        lambda tx: release_session(tx, session_id=ours.id, scopes=["all"]), actor="account:x"
    )
    world.drafted(
        plan(
            title="海西的草稿",
            starts_at=START + timedelta(days=1),
            ends_at=START + timedelta(days=1, hours=2),
        )
    )
    world.drafted(plan(title="七星关的草稿"), region="520502")

    def shown(grant: str) -> tuple[bool, bool, bool]:
        page = world.client(grant).get(f"/scheduling/calendar?view={view}&at=2025-06-10")
        assert page.status_code == 200
        return "海西的讲座" in page.text, "海西的草稿" in page.text, "七星关的草稿" in page.text

    assert shown(COORDINATOR) == (True, view != "day", False)  # the draft is on the day after
    assert shown(LIAISON) == (True, False, False)
    assert shown(f"liaison@school:{DELINGHA}") == (False, False, False)
    assert shown("auditor@all") == (True, view != "day", True)


def test_a_view_that_is_asked_wrongly_is_this_month(world: World) -> None:
    page = world.client(COORDINATOR).get("/scheduling/calendar?view=nothing&at=2025-02-31")

    assert "2025 年 6 月" in page.text


def subscribed(world: World, grant: str = LIAISON, **asked: str) -> str:
    knows(world, grant)
    page = world.client(grant).post(
        "/scheduling/feeds", data={"kind": "school", "school": str(GOLMUD), **asked}
    )
    assert page.status_code == 200, page.text
    start = page.text.index("/scheduling/feeds/")
    address = next(part for part in page.text[start:].split("<") if ".ics" in part)
    return address[address.index("/scheduling/feeds/") :]


def knows(world: World, grant: str, *, version: int = 1, enabled: bool = True) -> None:
    event = AccountChanged(account_id=PLANNER, version=version, enabled=enabled, grants=(grant,))
    react = world.runtime.service.reactions[AccountChanged]
    world.runtime.database.run(lambda tx: react(tx, event), actor="service:test")


def told(world: World, address: str) -> list[tuple[str, str, int]]:
    answer = world.client().get(address)
    assert answer.status_code == 200
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    return [(str(each["summary"]), str(each["status"]), int(str(each["sequence"]))) for each in events]


def test_an_address_tells_each_occurrence_and_what_was_cancelled(world: World) -> None:
    days = [START + timedelta(days=each) for each in range(2)]
    planned = Plan(
        title="两天的培训",
        kind="training",
        occurrences=tuple(
            Occurrence(starts_at=day, ends_at=day + timedelta(hours=3), place="报告厅") for day in days
        ),
        invited_schools=(GOLMUD, PARTNER),
    )
    id_ = world.drafted(planned).id
    run = world.runtime.database.run
    address = subscribed(world)
    assert told(world, address) == []
    run(lambda tx: release_session(tx, session_id=id_, scopes=["all"]), actor="account:x")

    released = told(world, address)
    run(lambda tx: cancel_session(tx, session_id=id_, reason="大雪封路", scopes=["all"]), actor="account:x")
    cancelled = told(world, address)

    assert [each[:2] for each in released] == [("两天的培训", "CONFIRMED")] * 2
    assert [each[:2] for each in cancelled] == [("已取消：两天的培训", "CANCELLED")] * 2
    assert cancelled[0][2] > released[0][2]


def test_an_address_is_in_its_zone_keeps_its_ids_and_answers_304(world: World) -> None:
    id_ = world.drafted().id
    run = world.runtime.database.run
    run(lambda tx: release_session(tx, session_id=id_, scopes=["all"]), actor="account:x")
    address, reader = subscribed(world), world.client()

    first = reader.get(address)
    again = reader.get(address, headers={"If-None-Match": first.headers["ETag"]})
    moved = plan(starts_at=START + timedelta(hours=1))
    run(lambda tx: revise_session(tx, session_id=id_, plan=moved, scopes=["all"]), actor="account:x")
    third = reader.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, third.status_code) == (200, 304, 200)
    [before], [after] = (Calendar.from_ical(each.data).walk("VEVENT") for each in (first, third))
    assert before["uid"] == after["uid"]
    assert before.decoded("dtstart") == START.astimezone(ZONE)
    assert "BEGIN:VTIMEZONE" in first.text
    assert "TZID=Asia/Shanghai" in first.text
    assert after.decoded("dtstart") == datetime(2025, 6, 10, 1, 30, tzinfo=UTC)


def test_what_was_recalled_stays_as_it_was_told_and_off_until_it_is_released_anew(world: World) -> None:
    drafted, address = world.drafted(), subscribed(world)

    def work(does: Callable[[Transaction], object]) -> None:
        world.runtime.database.run(does, actor="account:1")

    release = partial(release_session, session_id=drafted.id, scopes=["region:632800"])
    work(release)
    before = told(world, address)
    work(partial(recall_session, session_id=drafted.id, reason="发错了", scopes=["region:632800"]))
    renamed = plan(title="还没有人知道的题目")
    work(partial(revise_session, session_id=drafted.id, plan=renamed, scopes=["region:632800"]))
    recalled, text = told(world, address), world.client().get(address).text
    work(release)

    ((title, _, sequence),) = before
    assert recalled == [(f"已撤回：{title}", "CANCELLED", sequence + 1)]
    assert "发错了" in text
    ((again, status, later),) = told(world, address)
    assert (again, status, later > sequence + 1) == ("还没有人知道的题目", "CONFIRMED", True)


def test_an_address_that_was_revoked_or_whose_owner_may_no_more_is_gone(world: World) -> None:
    first, second = subscribed(world), subscribed(world)
    client = world.client(LIAISON)
    page = client.get("/scheduling/feeds").text
    path = page[page.index("/scheduling/feeds/", page.index("在用的地址")) :].split('"')[0]

    assert client.post(path).status_code == 303
    gone = [world.client().get(address).status_code for address in (first, second)]
    knows(world, LIAISON, version=2, enabled=False)

    assert sorted(gone) == [200, 404]
    assert [world.client().get(address).status_code for address in (first, second)] == [404, 404]
    assert world.client().get("/scheduling/feeds/guessed.ics").status_code == 404


def test_nobody_subscribes_to_another_school_or_place(world: World) -> None:
    knows(world, LIAISON)
    client = world.client(LIAISON)

    other = client.post("/scheduling/feeds", data={"kind": "school", "school": str(DELINGHA)})
    place = client.post("/scheduling/feeds", data={"kind": "place", "region": "632800", "place": "报告厅"})
    nothing = client.post("/scheduling/feeds", data={})

    assert (other.status_code, place.status_code, nothing.status_code) == (403, 403, 422)


def test_secrets_are_not_kept(world: World) -> None:
    address = subscribed(world)
    secret = address.removeprefix("/scheduling/feeds/").removesuffix(".ics")

    def kept(tx: Transaction) -> str:
        return str(tx.db.connection().exec_driver_sql("SELECT * FROM feeds").all())

    assert len(secret) >= 43  # 256 bits in base64
    assert secret not in world.runtime.database.run(kept, actor="service:test")


def test_what_is_planned_on_a_day_off_is_pointed_out_until_that_day_is_worked(world: World) -> None:
    saturday = datetime(2025, 6, 14, 1, tzinfo=UTC)
    id_ = world.drafted(plan(starts_at=saturday, ends_at=saturday + timedelta(hours=2))).id
    client = world.client(COORDINATOR)

    warned = client.get(f"/scheduling/sessions/{id_}").text
    client.post("/scheduling/holidays", data={"day": "2025-06-14", "kind": "workday", "name": "调休"})
    after = client.get(f"/scheduling/sessions/{id_}").text

    assert "2025-06-14（周末）" in warned
    assert "2025-06-14（周末）" not in after


def test_a_full_day_leads_to_its_list_and_a_full_list_goes_on(world: World) -> None:
    for number in range(6):
        world.drafted(plan(title=f"讲座 {number}", place=f"{number} 号教室"))
    client = world.client(COORDINATOR)

    month = client.get("/scheduling/calendar?view=month&at=2025-06-01").text
    listed = client.get("/scheduling/calendar?view=agenda&at=2025-06-10").text

    assert ("讲座 3" in month, "讲座 4" in month, "还有 2 场" in month) == (True, False, True)
    assert ("讲座 5" in listed, "接着看" in listed) == (True, False)


def test_a_month_counts_what_takes_place_in_it(world: World) -> None:
    days = [START + timedelta(weeks=each) for each in range(5)]  # from the 10th of June on
    times = tuple(Occurrence(starts_at=day, ends_at=day + timedelta(hours=2), place="线上") for day in days)
    world.drafted(Plan(title="每周的备课", kind="training", occurrences=times))

    page = world.client(COORDINATOR).get("/scheduling/calendar?view=month&at=2025-06-01").text

    assert "3 场活动" in page


def test_a_list_shows_whole_days_and_one_at_least() -> None:
    first = date(2025, 6, 1)
    span = span_of("agenda", first)
    moment = datetime(2025, 6, 1, 1, tzinfo=UTC)
    slot = Slot(PLANNER, "讲座", "lecture", "draft", moment, moment + timedelta(hours=1), "", "", own=True)
    days = {first: [slot] * 5, first + timedelta(days=2): [slot] * 3, first + timedelta(days=9): [slot]}

    def shown(at_most: int) -> tuple[date, date]:
        found = readable(days, span, at_most=at_most)
        return found.end, found.after

    assert shown(9) == (span.end, span.after)
    assert shown(8) == (date(2025, 6, 10), date(2025, 6, 10))
    assert shown(1) == (date(2025, 6, 2), date(2025, 6, 2))


def test_a_day_has_a_line_for_each_place_and_another_for_what_overlaps() -> None:
    def slot(title: str, place: str, first: int, last: int) -> Slot:
        start = datetime(2025, 6, 10, tzinfo=ZONE)
        return Slot(
            session_id=SOMEBODY,
            title=title,
            kind="lecture",
            state="released",
            starts_at=start + timedelta(hours=first),
            ends_at=start + timedelta(hours=last),
            place=place,
            programme="",
            own=True,
        )

    found = lanes(
        [
            slot("晚", "报告厅", 23, 24),
            slot("早", "报告厅", 7, 10),
            slot("同时", "报告厅", 8, 11),
            slot("接着", "报告厅", 10, 22),
            slot("线上", "", 8, 9),
        ],
        date(2025, 6, 10),
    )

    drawn = {
        place: [[(bar.slot.title, bar.left, bar.width) for bar in line] for line in lines]
        for place, lines in found
    }
    assert list(drawn) == ["报告厅", ""]
    assert drawn["报告厅"] == [[("早", 0, 20), ("接着", 20, 80), ("晚", 96.67, 3.33)], [("同时", 6.67, 20)]]
