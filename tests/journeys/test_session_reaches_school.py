"""The main job, as a new user tries it: a session is released, and the school it invites sees it."""

import re
import time

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.office import Office

SCHOOL = "德令哈市第一小学"
DRAFT = "集团治理与管理策略"


def signed_in(browser: Browser, link: str) -> Page:
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(link)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
    return page


def link_for(administrator: Page, office: Office, school: str) -> str:
    administrator.goto(f"{office.address}/directory/schools")
    administrator.get_by_role("row", name=school).get_by_role("button", name="生成登录链接").click()
    return administrator.get_by_label("登录链接").input_value()


def released(administrator: Page, office: Office) -> str:
    """Release the draft that invites the school; answers its title."""
    administrator.goto(f"{office.address}/scheduling/")
    draft = administrator.get_by_role("row").filter(has_text="草稿").filter(has_text=DRAFT).first
    title = draft.get_by_role("link").first.inner_text()
    draft.get_by_role("link").first.click()
    administrator.get_by_role("button", name=re.compile("发布")).first.click()
    expect(administrator.get_by_text("已发布").first).to_be_visible()
    return title


def notices(liaison: Page, title: str) -> Locator:
    return liaison.get_by_role("listitem").filter(has_text=title)


@pytest.mark.timeout(120)
def test_the_school_sees_a_released_session_within_a_second(browser: Browser, office: Office) -> None:
    administrator = signed_in(browser, office.link())
    liaison = signed_in(browser, link_for(administrator, office, SCHOOL))
    liaison.goto(f"{office.address}/notifications/")

    title = released(administrator, office)

    # The page is open and nobody reloads it: it looks by itself, once a second.
    expect(notices(liaison, title)).to_have_count(1, timeout=3_000)


@pytest.mark.timeout(180)
def test_kill_minus_nine_loses_nothing_and_doubles_nothing(browser: Browser, office: Office) -> None:
    administrator = signed_in(browser, office.link())
    liaison = signed_in(browser, link_for(administrator, office, SCHOOL))

    title = released(administrator, office)
    office.kill()
    office.open()

    liaison.goto(f"{office.address}/notifications/")
    expect(notices(liaison, title)).to_have_count(1, timeout=20_000)
    time.sleep(2)  # time for a second one to come, if one were on its way
    liaison.reload()
    expect(notices(liaison, title)).to_have_count(1)


@pytest.mark.timeout(60)
def test_a_link_works_once(browser: Browser, office: Office) -> None:
    link = office.link()
    signed_in(browser, link)

    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(link)
    page.get_by_role("button", name="登录").click()

    expect(page.get_by_role("alert")).to_contain_text("已经用过")


@pytest.mark.timeout(60)
def test_term_stops_it_cleanly(office: Office) -> None:
    assert office.close() == 0
    assert "Traceback" not in office.log
