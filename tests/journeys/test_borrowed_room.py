"""A room is borrowed: a session asks, the lead school agrees, the session moves and the room with it, and then it is given back."""

import re
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.office import Office
from tests.journeys.test_session_reaches_school import link_for, signed_in

#: The title is no other's: the demonstration has requests of its own that wait for the same school.
LEAD, ROOM, TITLE = "格尔木市第二中学", "录播室 A", "圆的面积·录像课"


def weekday(ahead: int) -> date:
    """A day on which schools are open, some days ahead."""
    day = datetime.now().astimezone().date() + timedelta(days=ahead)
    while day.weekday() > 3:
        day += timedelta(days=1)
    return day


def stands(page: Page, word: str) -> None:
    """Look again until the session's room stands so: the services speak by events."""
    for _ in range(40):
        page.reload()
        if page.locator(".chip", has_text=word).count():
            return
        page.wait_for_timeout(250)
    expect(page.locator(".chip", has_text=word)).to_be_visible()


def agrees(liaison: Page, office: Office) -> None:
    """Answer the session's request, once it has come over."""
    liaison.goto(f"{office.address}/resources/bookings")
    ours = liaison.get_by_role("listitem").filter(has_text=TITLE)
    for _ in range(40):
        if ours.count():
            break
        liaison.wait_for_timeout(250)
        liaison.reload()
    ours.get_by_role("link", name="去答复").click()
    liaison.get_by_role("button", name="同意借用").click()
    expect(liaison.locator("h1", has_text=TITLE)).to_be_visible()


@pytest.mark.timeout(120)
def test_a_session_borrows_a_room_is_moved_with_it_and_gives_it_back(
    browser: Browser, office: Office
) -> None:
    coordinator = signed_in(browser, office.link())
    liaison = signed_in(browser, link_for(coordinator, office, LEAD))
    day = weekday(5)

    coordinator.goto(f"{office.address}/scheduling/sessions/new")
    coordinator.fill("#title", TITLE)
    coordinator.select_option("#host_region", "632800")
    for name, hour in (("starts_at", 14), ("ends_at", 16)):
        coordinator.locator(f"[name={name}]").first.fill(f"{day}T{hour}:00")
    coordinator.locator("[name=place]").first.fill("格尔木二中录播室")
    for summary in coordinator.locator("details:not([open]) > summary", has_text="茫崖市").all():
        summary.click()
    coordinator.get_by_label("茫崖市第一中学").check()
    coordinator.get_by_role("button", name=re.compile("保存|起草")).last.click()
    session = coordinator.url
    coordinator.get_by_role("link", name="向其他学校借场地").click()
    room = coordinator.locator("#facility_id option", has_text=f"{LEAD} · {ROOM}").get_attribute("value")
    coordinator.select_option("#facility_id", room)
    coordinator.get_by_role("button", name="提出借用").click()
    rooms = coordinator.url
    expect(coordinator.locator(".chip", has_text="等对方答复")).to_be_visible()

    agrees(liaison, office)
    stands(coordinator, "已为你保留")
    coordinator.goto(session)
    coordinator.get_by_role("button", name=re.compile("^发布并通知")).click()
    coordinator.goto(rooms)
    stands(coordinator, "已借到")

    coordinator.goto(f"{session}/revision")
    for name, hour in (("starts_at", 9), ("ends_at", 11)):
        coordinator.locator(f"[name={name}]").first.fill(f"{day + timedelta(days=1)}T{hour:02d}:00")
    coordinator.get_by_role("button", name=re.compile("保存|修改|通知")).last.click()
    coordinator.goto(rooms)
    stands(coordinator, "等对方答复")
    agrees(liaison, office)
    stands(coordinator, "已借到")
    coordinator.goto(f"{office.address}/resources/facilities?on={day + timedelta(days=1)}")
    expect(coordinator.get_by_role("link", name=re.compile(f"{TITLE} 已确认"))).to_be_visible()

    coordinator.goto(rooms)
    coordinator.get_by_role("button", name="不借了，归还").click()
    expect(coordinator.locator(".chip", has_text="已归还")).to_be_visible()
    coordinator.goto(f"{office.address}/resources/bookings")
    for _ in range(20):
        if coordinator.get_by_role("row").filter(has_text="已撤回").count():
            break
        coordinator.wait_for_timeout(250)
        coordinator.reload()
    expect(coordinator.get_by_role("row").filter(has_text="已撤回")).to_contain_text(TITLE)
