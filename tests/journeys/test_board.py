"""A session is released and the power fails: each school has it once by each of its channels, and the board shows who has not confirmed."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from standardwebhooks.webhooks import Webhook

from tests.journeys.office import Office, until
from tests.journeys.test_session_reaches_school import link_for, notices, signed_in
from tests.services.notifications.receivers import FINE, Postbox, Posted, Receiver, Says, postbox, receiver

SCHOOL, OTHER = "茫崖市第一中学", "格尔木市第二中学"
TITLE = "大单元教学·联合教研"
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()


def says(posted: Posted) -> Says:
    """The webhook takes what is signed and refuses the rest; the robot answers as WeCom does."""
    if posted.path.startswith("/cgi-bin"):
        return 200, {"Content-Type": "application/json"}, json.dumps({"errcode": 0, "errmsg": "ok"}).encode()
    Webhook(SECRET).verify(posted.body, posted.headers)
    return FINE


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as made:
        yield made


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver(says) as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, box: Postbox) -> Iterator[Office]:
    found = Office(
        tmp_path / "data",
        extra={
            "TONGXING_SMTP_URL": box.url,
            "TONGXING_MAIL_FROM": "tongxing@bureau.example",
            "TONGXING_WEBHOOK_ALLOW": "127.0.0.1",
        },
    ).open()
    yield found
    found.close()


def adds(liaison: Page, office: Office, kind: str, address: str, secret: str = "") -> None:
    """Add a channel of the school."""
    page = f"{office.address}/notifications/channels/new?kind={kind}"
    liaison.goto(page)
    if liaison.locator("#owner").count():
        liaison.select_option("#owner", label=SCHOOL)
    liaison.fill("#address", address)
    if secret:
        liaison.fill("#secret", secret)
    liaison.locator("main form button").last.click()
    expect(liaison.locator("main")).to_be_visible()


def releases(coordinator: Page, office: Office) -> None:
    """Have sessions ask, draft one in ten days for both schools, and release it."""
    coordinator.goto(f"{office.address}/notifications/announcements")
    coordinator.locator("summary", has_text="活动要不要确认").click()
    coordinator.fill("#days", "2")
    coordinator.get_by_role("button", name="保存").click()
    expect(coordinator.locator("#days")).to_have_value("2")
    coordinator.goto(f"{office.address}/scheduling/sessions/new")
    coordinator.fill("#title", TITLE)
    coordinator.select_option("#host_region", "632800")
    day = datetime.now().astimezone().date() + timedelta(days=10)
    for name, hour in (("starts_at", 14), ("ends_at", 16)):
        coordinator.locator(f"[name={name}]").first.fill(f"{day}T{hour}:00")
    coordinator.locator("[name=place]").first.fill("州培训中心")
    for town in ("茫崖市", "格尔木市"):
        if (closed := coordinator.locator("details:not([open]) > summary", has_text=town)).count():
            closed.first.click()
    for school in (SCHOOL, OTHER):
        coordinator.get_by_label(school).check()
    coordinator.get_by_role("button", name=re.compile("保存|起草")).last.click()
    coordinator.get_by_role("button", name=re.compile("^发布并通知")).click()


def arrived(box: Postbox, server: Receiver) -> tuple[set[str], set[str], Counter[bytes]]:
    """Message-IDs, webhook-ids, and what the robot was told how often, of this session alone."""
    of_hook = {posted.headers["webhook-id"] for posted in server.got if posted.path == "/in"}
    told = Counter(posted.body for posted in server.got if posted.path.startswith("/cgi-bin"))
    return {str(mail["Message-ID"]) for _, mail in box.got}, of_hook, told


@pytest.mark.timeout(150)
def test_each_school_has_it_once_by_each_channel_and_the_board_says_who_has_not_confirmed(
    browser: Browser, office: Office, box: Postbox, server: Receiver
) -> None:
    coordinator = signed_in(browser, office.link())
    liaison = signed_in(browser, link_for(coordinator, office, SCHOOL))
    adds(liaison, office, "email", "school@mangya.example")
    adds(liaison, office, "webhook", f"{server.address}/in", SECRET)
    adds(liaison, office, "wecom", f"{server.address}/cgi-bin/webhook/send?key=abcdef")

    releases(coordinator, office)
    office.kill()
    office.open()

    until(
        lambda: all(arrived(box, server)), "the mail, the webhook and the robot's message arrive", timeout=60
    )
    liaison.goto(f"{office.address}/notifications/")
    expect(notices(liaison, TITLE)).to_have_count(1)
    mails, hooks, robot = arrived(box, server)
    assert (len(mails), len(hooks), len(robot)) == (1, 1, 1)

    notices(liaison, TITLE).get_by_role("link", name="去确认").click()
    liaison.get_by_label("确认人姓名").fill("赵敏")
    liaison.get_by_role("button", name="代表学校确认").click()
    expect(liaison.get_by_text("赵敏 已于")).to_be_visible()

    coordinator.goto(f"{office.address}/notifications/announcements")
    coordinator.get_by_role("link", name=TITLE).click()
    expect(coordinator.get_by_role("button", name="提醒未确认的 1 所")).to_be_visible()
    expect(coordinator.locator("#board")).to_contain_text(OTHER)
    expect(coordinator.locator("#board")).not_to_contain_text(SCHOOL)
