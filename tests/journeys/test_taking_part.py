"""A programme from the office's workbook to its release, and a session that another region's school takes part in.

Walked in a real browser: the host, the coordinator of the region that is invited, the school's liaison, and a phone.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.office import Office
from tests.journeys.test_agenda_becomes_programme import reads_well
from tests.journeys.test_people_in import PHONE, accepted
from tests.journeys.test_session_reaches_school import link_for, signed_in

DATA = Path(__file__).parents[3] / "shared" / "data"
SCHOOL, TITLE = "七星关区第一中学", "州区结对校长研修班"
BEIJING = ZoneInfo("Asia/Shanghai")

#: People of the school in the demonstration, in the order of their names' places there.
NAMED = ("梁晓梅", "韩永平", "曾雪莲")
#: The last four digits of the first one's id number there.
DIGITS = f"{(15 * 8 + 2) * 137 % 10000:04d}"


@pytest.mark.timeout(240)
def test_haixis_workbook_becomes_a_programme_whose_conflicts_are_mended(
    browser: Browser, office: Office
) -> None:
    if not DATA.is_dir():
        pytest.skip("The offices' agendas lie beside the checkout, in ../shared/data, and are not there.")
    page = signed_in(browser, office.link())
    imported(page, office, "agenda-haixi-2025.xlsx", region="632800", people=40)
    expect(page.get_by_role("button", name="发布 17 场活动")).to_be_visible()
    programme = page.url
    # Those whom the directory lacks become its people: from then on their time is planned with, too.
    page.get_by_role("link", name=re.compile("^学员")).first.click()
    page.get_by_role("button", name="登记到名录").click()
    expect(page.get_by_text(re.compile("正在登记到名录|第一中学")).first).to_be_visible()
    page.goto(programme)

    mends(page)
    page.get_by_role("button", name="发布 17 场活动").click()
    expect(page.get_by_text("已发布").first).to_be_visible()

    # Zhenxiong's class of two provinces stands, and so does the one that its office wrote.
    page.goto(f"{office.address}/scheduling/programmes")
    zhenxiong = (
        page.get_by_role("row").filter(has_text="七星关区义务教育高质量发展").filter(has_text="已发布")
    )
    expect(zhenxiong.get_by_role("cell", name="66")).to_be_visible()
    imported(page, office, "agenda-zhenxiong-2024.xlsx", region="520500", people=66)
    page.get_by_role("link", name=re.compile("^学员")).first.click()
    expect(page.get_by_text(re.compile("^66 名学员"))).to_be_visible()
    for county, people in (("七星关区", 61), ("昭阳区", 5)):
        expect(page.get_by_role("cell", name=re.compile(f"^{county}"))).to_have_count(people)


def mends(page: Page) -> None:
    """One session collides with a meeting that is released, and moves; another one with what a draft wishes for."""

    def problem(title: str) -> Locator:
        return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title, exact=True))

    programme = page.url
    problem("教育集团化办学政策解读").get_by_role("button", name=re.compile("^改到")).first.click()
    page.goto(programme)
    expect(problem("教育集团化办学政策解读")).to_have_count(0)
    problem("成果展示与点评").get_by_role("link").first.click()
    page.get_by_role("link", name="修改", exact=True).click()
    page.locator("#place").fill("培训中心二楼礼堂")
    page.get_by_role("button", name="保存草稿").click()
    page.goto(programme)
    expect(problem("成果展示与点评")).to_have_count(0)


def imported(page: Page, office: Office, file: str, *, region: str, people: int) -> None:
    """The workbook as the office wrote it becomes a programme with its people, whose page is open then."""
    page.goto(f"{office.address}/scheduling/agendas")
    page.set_input_files("#workbook", DATA / file)
    page.select_option("#host_region", region)
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_text(f"{people} 名学员").first).to_be_visible()
    page.get_by_role("button", name="确认，建立项目").click()
    page.get_by_role("link", name="打开项目").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.timeout(300)
def test_another_regions_school_agrees_enrols_checks_in_and_is_certified(
    browser: Browser, office: Office
) -> None:
    host = signed_in(browser, office.link())
    liaison = signed_in(browser, link_for(host, office, SCHOOL))
    coordinator = accepted(browser, coordinator_link(host, office), login="qixingguan", phone=False)
    programme = released_programme(host, office)

    # The host invites a school across the border; nobody there hears of it before its coordinator agrees.
    host.goto(programme)
    host.get_by_role("link", name="邀请与报名").click()
    filling = host.url
    host.locator("summary", has_text="七星关区").click()
    host.get_by_label(SCHOOL).check()
    host.locator("#invite-places").fill("2")
    host.get_by_role("button", name="发出邀请").click()
    expect(host.get_by_text("等对方区域同意").first).to_be_visible()
    reads_well(host)
    liaison.goto(f"{office.address}/scheduling/answers")
    expect(liaison.get_by_text(TITLE)).to_have_count(0)

    coordinator.goto(office.address)
    task = coordinator.get_by_role("listitem").filter(has_text=TITLE)
    expect(task).to_be_visible(timeout=20_000)
    task.get_by_role("link", name="去答复").click()
    reads_well(coordinator)
    coordinator.get_by_role("button", name="同意，通知 1 所学校").click()
    expect(coordinator.get_by_text("已邀请").first).to_be_visible()

    # The school names three people for two places; the third waits until there is one more.
    liaison.goto(f"{office.address}/scheduling/answers")
    liaison.get_by_role("link", name=TITLE).click()
    for name in NAMED:
        liaison.get_by_label(name).check()
    liaison.get_by_role("button", name="报名", exact=True).click()
    expect(liaison.get_by_text("候补第 1 位")).to_be_visible()
    reads_well(liaison)
    host.goto(filling)
    abroad = host.get_by_role("row").filter(has_text="外区域")
    abroad.get_by_text("名额与收回").click()
    abroad.get_by_label("这份邀请的名额").fill("3")
    abroad.get_by_role("button", name="保存名额").click()
    liaison.reload()
    expect(liaison.get_by_text("候补第 1 位")).to_have_count(0)
    expect(liaison.get_by_text("参加", exact=True)).to_have_count(3)
    all_check_in(browser, host, programme)
    certified(browser, host, programme, office)


def all_check_in(browser: Browser, host: Page, programme: str) -> None:
    """One by the digits on the screen, the others by the list."""
    host.goto(programme)
    host.locator("a.slot").first.click()
    host.get_by_role("link", name="签到与考勤").click()
    attendance = host.url
    host.get_by_role("link", name="大屏签到码").click()
    typed = host.locator(".hall__digits").inner_text().replace(" ", "")
    phone = browser.new_context(locale="zh-CN", viewport=PHONE).new_page()
    phone.goto(attendance.replace("/check-ins/", "/check-in/"))
    phone.get_by_label("大屏幕上的数字码").fill(typed)
    phone.get_by_label("姓名").fill(NAMED[0])
    phone.get_by_label("身份证或手机号后四位").fill(DIGITS)
    phone.get_by_role("button", name="签到").click()
    expect(phone.get_by_text("签到成功").first).to_be_visible()
    host.goto(attendance)
    for name in NAMED[1:]:
        host.get_by_label(name).select_option("present")
    host.get_by_role("button", name="保存名单").click()
    expect(host.get_by_text("未登记 0")).to_be_visible()


def certified(browser: Browser, host: Page, programme: str, office: Office) -> None:
    """Everybody who was there has a certificate, which anybody can verify."""
    host.goto(f"{programme}/certificates")
    host.get_by_role("button", name="发放证书").click()
    expect(host.get_by_text("3 人已发")).to_be_visible()
    answer = host.request.get(f"{programme.replace('/scheduling/', '/scheduling/api/v1/')}/certificates")
    codes = [each["code"] for each in answer.json()]
    assert len(codes) == 3
    phone = browser.new_context(locale="zh-CN", viewport=PHONE).new_page()
    phone.goto(f"{office.address}/scheduling/certificates/{codes[0]}")
    expect(phone.get_by_text("有效")).to_be_visible()
    expect(phone.get_by_text(TITLE)).to_be_visible()


def coordinator_link(administrator: Page, office: Office) -> str:
    administrator.goto(f"{office.address}/directory/accounts/new")
    administrator.get_by_label("姓名", exact=True).fill("七星关协调员")
    administrator.get_by_label("角色").select_option("coordinator")
    administrator.locator("#scope").select_option("region:520502")
    administrator.get_by_role("button", name="生成链接").click()
    return administrator.get_by_label("登录链接").input_value()


def released_programme(host: Page, office: Office) -> str:
    """A class of Haixi's that begins in a while, so that its door is open already; answers its address."""
    host.goto(f"{office.address}/scheduling/programmes/new")
    host.locator("#title").fill(TITLE)
    host.locator("#host_region").select_option("632800")
    host.locator("#hours").fill("4")
    host.get_by_role("button", name="保存").click()
    expect(host.get_by_role("heading", name=TITLE)).to_be_visible()
    programme = host.url
    host.get_by_role("link", name="加一场活动").first.click()
    start = datetime.now(BEIJING) + timedelta(minutes=40)
    host.locator("#title").fill("专题研讨")
    host.locator("#kind").select_option("lecture")
    host.locator("#starts_at").fill(start.strftime("%Y-%m-%dT%H:%M"))
    host.locator("#ends_at").fill((start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    host.locator("#place").fill("德令哈市第三中学阶梯教室")
    host.locator("summary", has_text="德令哈市").click()
    host.get_by_label("德令哈市第三中学").check()
    host.get_by_role("button", name="保存草稿").click()
    host.goto(programme)
    host.get_by_role("button", name="发布 1 场活动").click()
    expect(host.get_by_text("已发布").first).to_be_visible()
    return programme
