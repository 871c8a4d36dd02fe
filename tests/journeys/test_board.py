"""Haixi's programme is released and the power fails: each school has it once by each of its channels, whatever these are.

And a session that asks is confirmed by name; the board shows who has not.
"""

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import Message
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from standardwebhooks.webhooks import Webhook

from tests.journeys.office import Office, until
from tests.journeys.test_session_reaches_school import link_for, notices, signed_in
from tests.journeys.test_taking_part import DATA, imported, mends
from tests.services.notifications.receivers import FINE, Postbox, Posted, Receiver, Says, postbox, receiver

SCHOOL, OTHER = "茫崖市第一中学", "格尔木市第二中学"
PROGRAMME = "国培计划(2025)中西部骨干项目"
TITLE = "大单元教学·联合教研"
WECOM, DINGTALK, FEISHU = "/cgi-bin/webhook/send", "/robot/send", "/open-apis/bot/v2/hook/"
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()


def says(posted: Posted) -> Says:
    """The webhook takes what is signed and refuses the rest; robots answer as those of WeCom, DingTalk and Feishu do."""
    if posted.path == "/in":
        Webhook(SECRET).verify(posted.body, posted.headers)
        return FINE
    fine = {"code": 0, "msg": "success"} if posted.path.startswith(FEISHU) else {"errcode": 0, "errmsg": "ok"}
    return 200, {"Content-Type": "application/json"}, json.dumps(fine).encode()


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


def read(message: Message) -> str:
    """What a mail says."""
    part = message.get_payload(0) if message.is_multipart() else message
    assert isinstance(part, Message)
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    return raw.decode()


def arrived(box: Postbox, server: Receiver) -> dict[str, set[str]]:
    """What came, by channel. A mail counts by its Message-ID and a webhook by its id, for that is how readers know a second copy."""
    found = {
        "email": {str(mail["Message-ID"]): read(mail) for _, mail in box.got},
        "webhook": {each.headers["webhook-id"]: said(each) for each in server.got if each.path == "/in"},
    }
    for path in (WECOM, DINGTALK, FEISHU):
        found[path] = {said(each): said(each) for each in server.got if each.path.startswith(path)}
    return {channel: set(texts.values()) for channel, texts in found.items()}


def said(posted: Posted) -> str:
    """What a request says, without when it was signed."""
    content = {name: value for name, value in posted.json.items() if name not in {"timestamp", "sign"}}
    return json.dumps(content, ensure_ascii=False)


def releases_haixi(coordinator: Page, office: Office) -> None:
    """The class of June 2025 as its office wrote it, its two conflicts mended, is released."""
    imported(coordinator, office, "agenda-haixi-2025.xlsx", region="632800", people=40)
    mends(coordinator)
    coordinator.get_by_role("button", name="发布 17 场活动").click()
    expect(coordinator.get_by_text("已发布").first).to_be_visible()


@pytest.mark.timeout(500)  # what a kill cut off is tried again when its lease is over
def test_each_school_has_it_once_by_each_channel_and_the_board_says_who_has_not_confirmed(
    browser: Browser, office: Office, box: Postbox, server: Receiver
) -> None:
    if not DATA.is_dir():
        pytest.skip("The offices' agendas lie beside the checkout, in ../shared/data, and are not there.")
    coordinator = signed_in(browser, office.link())
    liaison = signed_in(browser, link_for(coordinator, office, SCHOOL))
    adds(liaison, office, "email", "school@mangya.example")
    adds(liaison, office, "webhook", f"{server.address}/in", SECRET)
    adds(liaison, office, "wecom", f"{server.address}{WECOM}?key=abcdef")
    adds(liaison, office, "dingtalk", f"{server.address}{DINGTALK}?access_token=abcdef", "SEC123")
    adds(liaison, office, "feishu", f"{server.address}{FEISHU}abcdef", "SEC123")

    releases_haixi(coordinator, office)
    for _ in range(3):  # whatever it was about
        office.kill()
        office.open()
    until(lambda: all(arrived(box, server).values()), "every channel tells of the programme", timeout=200)
    liaison.goto(f"{office.address}/notifications/")
    expect(notices(liaison, PROGRAMME)).to_have_count(1)
    # Once, and nothing of its seventeen sessions: they are over, and mails about what is over help nobody.
    assert [len(texts) for texts in arrived(box, server).values()] == [1] * 5
    assert all(PROGRAMME in text for texts in arrived(box, server).values() for text in texts)

    releases(coordinator, office)
    until(
        lambda: all(any(TITLE in text for text in texts) for texts in arrived(box, server).values()),
        "every channel tells of the session that asks",
        timeout=200,
    )
    liaison.goto(f"{office.address}/notifications/")
    expect(notices(liaison, TITLE)).to_have_count(1)
    notices(liaison, TITLE).get_by_role("link", name="去确认").click()
    liaison.get_by_label("确认人姓名").fill("赵敏")
    liaison.get_by_role("button", name="代表学校确认").click()
    expect(liaison.get_by_text("赵敏 已于")).to_be_visible()

    coordinator.goto(f"{office.address}/notifications/announcements")
    coordinator.get_by_role("link", name=TITLE).click()
    expect(coordinator.get_by_role("button", name="提醒未确认的 1 所")).to_be_visible()
    expect(coordinator.locator("#board")).to_contain_text(OTHER)
    expect(coordinator.locator("#board")).not_to_contain_text(SCHOOL)
