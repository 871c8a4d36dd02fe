"""A room is borrowed: a session asks, the lead school agrees, both are moved, it is held, and its recording is taught with."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.office import Office
from tests.journeys.test_session_reaches_school import link_for, signed_in

#: The title is no other's: the demonstration has requests of its own that wait for the same school.
LEAD, GUEST = "格尔木市第二中学", "茫崖市第一中学"
ROOM, TITLE = "微格教室", "圆的面积·录像课"


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


def lends(liaison: Page, office: Office) -> None:
    """Enter a room that is open at all hours, for the clock of this test is the world's."""
    liaison.goto(f"{office.address}/resources/facilities/new")
    liaison.fill("#name", ROOM)
    for day in range(7):
        liaison.fill(f"#hours_{day}", "00:00-24:00")
    liaison.get_by_role("button", name="保存").click()
    expect(liaison.locator("h1", has_text=ROOM)).to_be_visible()


def asks(coordinator: Page, office: Office, day: date) -> tuple[str, str]:
    """Draft the session and ask for the room; answers their pages."""
    coordinator.goto(f"{office.address}/scheduling/sessions/new")
    coordinator.fill("#title", TITLE)
    coordinator.select_option("#host_region", "632800")
    for name, hour in (("starts_at", 14), ("ends_at", 16)):
        coordinator.locator(f"[name={name}]").first.fill(f"{day}T{hour}:00")
    coordinator.locator("[name=place]").first.fill("格尔木二中录播室")
    for summary in coordinator.locator("details:not([open]) > summary", has_text="茫崖市").all():
        summary.click()
    coordinator.get_by_label(GUEST).check()
    coordinator.get_by_role("button", name=re.compile("保存|起草")).last.click()
    session = coordinator.url
    coordinator.get_by_role("link", name="向其他学校借场地").click()
    expect(coordinator.get_by_role("link", name=re.compile(f"{LEAD} {ROOM}.*空闲"))).to_be_visible()
    room = coordinator.locator("#facility_id option", has_text=f"{LEAD} · {ROOM}").get_attribute("value")
    coordinator.select_option("#facility_id", room)
    coordinator.select_option("#school_id", label=GUEST)
    coordinator.get_by_role("button", name="提出借用").click()
    expect(coordinator.locator(".chip", has_text="等对方答复")).to_be_visible()
    return session, coordinator.url


def is_held(coordinator: Page, liaison: Page, office: Office, *, session: str) -> None:
    """The room is handed over, the session held and recorded, and the room comes back."""
    # Nobody waits a week here: the session comes in half a minute instead, and the room with it.
    soon = datetime.now(UTC) + timedelta(seconds=25)
    moved = coordinator.request.post(
        f"{session}/move",
        form={"occurrence": "0", "starts_at": soon.isoformat()},
        headers={"Origin": office.address},
    )
    assert moved.ok, moved.status
    agrees(liaison, office)
    coordinator.goto(f"{session}/facilities")
    stands(coordinator, "已借到")
    booking = liaison.url
    for _ in range(20):
        liaison.reload()
        if liaison.get_by_role("button", name="登记交接").count():
            break
        liaison.wait_for_timeout(250)
    liaison.get_by_label("备注（钥匙、设备状态）").fill("钥匙一把")
    liaison.get_by_role("button", name="登记交接").click()
    coordinator.wait_for_timeout(max(0.0, 1_000 * (soon - datetime.now(UTC)).total_seconds()))
    coordinator.goto(session)
    coordinator.fill("#recording", "https://video.example.cn/circle")
    coordinator.get_by_role("button", name="登记为已举行").click()
    liaison.goto(booking)
    liaison.get_by_label("备注（是否完好）").fill("完好")
    liaison.get_by_role("button", name="登记归还").click()
    expect(liaison.locator(".list", has_text="钥匙一把")).to_contain_text("完好")


@pytest.mark.timeout(150)
def test_a_session_borrows_a_room_is_moved_with_it_is_held_and_its_recording_is_used(
    browser: Browser, office: Office
) -> None:
    coordinator = signed_in(browser, office.link())
    liaison = signed_in(browser, link_for(coordinator, office, LEAD))
    guest = signed_in(browser, link_for(coordinator, office, GUEST))
    lends(liaison, office)
    day = weekday(5)
    session, rooms = asks(coordinator, office, day)

    agrees(liaison, office)
    stands(coordinator, "已为你保留")
    coordinator.goto(session)
    coordinator.get_by_role("button", name=re.compile("^发布并通知")).click()
    coordinator.goto(rooms)
    stands(coordinator, "已借到")

    coordinator.goto(f"{session}/revision")
    for name, minute in (("starts_at", 0), ("ends_at", 1)):
        coordinator.locator(f"[name={name}]").first.fill(f"{day + timedelta(days=1)}T09:{minute:02d}")
    coordinator.get_by_role("button", name=re.compile("保存|修改|通知")).last.click()
    coordinator.goto(rooms)
    stands(coordinator, "等对方答复")
    agrees(liaison, office)
    stands(coordinator, "已借到")
    coordinator.goto(f"{office.address}/resources/facilities?on={day + timedelta(days=1)}")
    expect(coordinator.get_by_role("link", name=re.compile(f"{TITLE} 已确认"))).to_be_visible()

    is_held(coordinator, liaison, office, session=session)
    publishes_the_recording(coordinator, office)
    guest.goto(f"{office.address}/resources/items")
    guest.get_by_role("link", name=TITLE).click()
    item = guest.url
    guest.goto(f"{item}/lessons")
    guest.fill("#day", f"{datetime.now().astimezone():%Y-%m-%d}")
    guest.get_by_role("button", name="保存").click()
    coordinator.goto(f"{item}/use")
    expect(coordinator.locator(".list", has_text=GUEST)).to_be_visible()


def publishes_the_recording(coordinator: Page, office: Office) -> None:
    """Find what the session has become, and publish it to those who were invited."""
    for _ in range(40):
        coordinator.goto(f"{office.address}/resources/items")
        if coordinator.get_by_role("link", name=TITLE).count():
            break
        coordinator.wait_for_timeout(250)
    coordinator.get_by_role("link", name=TITLE).click()
    coordinator.get_by_role("button", name="发布", exact=True).first.click()
    coordinator.locator("dialog").get_by_role("button", name="发布", exact=True).click()
    expect(coordinator.locator(".chip", has_text="已发布").first).to_be_visible()
