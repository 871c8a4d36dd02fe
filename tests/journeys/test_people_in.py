"""The first real office, from an empty system to a liaison at her school: each sees what is theirs and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys.office import Office
from tests.journeys.test_session_reaches_school import signed_in

DATA = Path(__file__).parents[3] / "shared" / "data"
PASSWORD = "walks-over-the-plateau"
HAIXI, QIXINGGUAN = "德令哈市", "七星关区"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture
def empty_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    if not DATA.is_dir():
        pytest.skip("The offices' rosters lie beside the checkout, in ../shared/data, and are not there.")
    monkeypatch.setenv("TONGXING_DEMO", "false")
    found = Office(tmp_path / "data").open()
    yield found
    found.close()


@pytest.mark.timeout(300)
def test_rosters_fill_an_empty_system_and_who_is_invited_sees_what_is_theirs(
    browser: Browser, empty_office: Office
) -> None:
    office = empty_office
    administrator = signed_in(browser, office.link())
    administrator.goto(f"{office.address}/directory/schools")
    expect(administrator.get_by_text("先导入各区域的花名册")).to_be_visible()

    for roster in ("haixi", "qixingguan", "zhaotong"):
        imported(administrator, office, roster)
    administrator.goto(f"{office.address}/directory/schools")
    expect(administrator.get_by_text("78 所学校")).to_be_visible()
    administrator.goto(f"{office.address}/directory/people?q=liuping")
    expect(administrator.get_by_role("link", name="刘平").first).to_be_visible()

    administrator.goto(f"{office.address}/directory/imports")
    administrator.set_input_files("#workbook", DATA / "roster-haixi.xlsx")
    administrator.get_by_role("button", name="上传并预览").click()
    expect(administrator.get_by_text("与名录完全一致")).to_be_visible(timeout=60_000)

    _, foreign = school_in(administrator, office, QIXINGGUAN)
    ours, page = school_in(administrator, office, HAIXI)
    coordinator = accepted(browser, coordinator_link(administrator, office), login="haixi", phone=False)
    liaison = accepted(
        browser, liaison_link(coordinator, office.address + page, ours), login="liaison", phone=True
    )

    brings_its_list(coordinator, office)
    for reader, schools in ((coordinator, 36), (liaison, 1)):
        sees(reader, office, foreign, schools=schools)

    administrator.goto(f"{office.address}/directory/imports")
    administrator.get_by_role("link", name="roster-zhaotong.xlsx").click()
    administrator.get_by_role("button", name="撤销这次导入").click()
    expect(administrator.get_by_text("已经撤销。")).to_be_visible(timeout=90_000)
    administrator.goto(f"{office.address}/directory/schools")
    expect(administrator.get_by_text("50 所学校")).to_be_visible()


def imported(page: Page, office: Office, roster: str) -> None:
    page.goto(f"{office.address}/directory/imports")
    page.set_input_files("#workbook", DATA / f"roster-{roster}.xlsx")
    page.get_by_role("button", name="上传并预览").click()
    page.get_by_role("button", name="确认写入").click(timeout=60_000)
    expect(page.get_by_role("button", name="撤销这次导入")).to_be_visible(timeout=90_000)


def brings_its_list(coordinator: Page, office: Office) -> None:
    """The list of courses, rooms and equipment as the office sent it: all eight rows come in."""
    coordinator.goto(f"{office.address}/resources/items/import")
    coordinator.set_input_files("#workbook", DATA / "resources-haixi.xlsx")
    coordinator.get_by_role("button", name="导入").click()
    expect(coordinator.get_by_role("heading", name="新增 5 件资源，3 个场地")).to_be_visible()
    expect(coordinator.get_by_text("没有导入")).to_have_count(0)


def school_in(page: Page, office: Office, county: str) -> tuple[str, str]:
    """The first school with the county in its name: what it is called, and where its page is."""
    page.goto(f"{office.address}/directory/schools?q={county}")
    link = page.locator("tbody a[href^='/directory/schools/']").first
    return link.inner_text(), str(link.get_attribute("href"))


def coordinator_link(administrator: Page, office: Office) -> str:
    administrator.goto(f"{office.address}/directory/accounts/new")
    administrator.get_by_label("姓名", exact=True).fill("海西协调员")
    administrator.get_by_label("角色").select_option("coordinator")
    administrator.locator("#scope").select_option("region:632800")
    administrator.get_by_role("button", name="生成链接").click()
    return administrator.get_by_label("登录链接").input_value()


def liaison_link(coordinator: Page, page: str, school: str) -> str:
    """Somebody of the register, found as one types and chosen with the keyboard, answers for the school."""
    coordinator.goto(page)
    coordinator.get_by_role("link", name="邀请联络员").click()
    expect(coordinator.get_by_role("radio", name=school)).to_be_checked()
    coordinator.get_by_label("姓名、拼音").press_sequentially("wang")
    expect(coordinator.locator("input[name=person]").first).to_be_visible()
    coordinator.locator("input[name=person]").first.focus()
    coordinator.keyboard.press("Space")
    coordinator.get_by_role("button", name="生成链接").click()
    return coordinator.get_by_label("登录链接").input_value()


def accepted(browser: Browser, link: str, *, login: str, phone: bool) -> Page:
    """Follow an invitation and choose login and password; then sign out and in with them."""
    page = browser.new_context(locale="zh-CN", viewport=PHONE if phone else DESK).new_page()
    page.goto(link)
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输入一次密码").fill(PASSWORD)
    page.get_by_role("button", name="保存并登录").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.context.clear_cookies()
    page.goto(link.partition("/sign-in/")[0] + "/sign-in")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="等你处理")).to_be_visible()
    return page


def sees(page: Page, office: Office, foreign: str, *, schools: int) -> None:
    """So many schools, in either language, nothing wider than the screen; and not the other region's school."""
    for language, counted in (("zh", f"{schools} 所学校"), ("en", f"{schools} school")):
        page.context.add_cookies([{"name": "language", "value": language, "url": office.address}])
        for path in ("/", "/directory/schools", "/notifications/", "/scheduling/", "/account"):
            page.goto(office.address + path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, (path, language)
        page.goto(f"{office.address}/directory/schools")
        expect(page.get_by_text(counted).first).to_be_visible()
        answer = page.goto(office.address + foreign)
        assert answer is not None
        assert answer.status in {403, 404}
