"""A teacher's year away in a real browser: agreed on after a diff, proposed, gone, logged, appraised by three.

The county's verdict moves with them, and with nobody else.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.ids import named
from tests.journeys.office import Office
from tests.journeys.test_agenda_becomes_programme import reads_well
from tests.journeys.test_session_reaches_school import link_for, signed_in

AGREEMENT = "海西—七星关支教和跟岗协议"
HOME, HOST = "格尔木市第一中学", "七星关区第一中学"
_FORM = {
    "kind": "support_teaching",
    "why": "三方评价",
    "dimensions": [
        {"name": "教学实绩", "weight": 50, "roles": ["host"]},
        {"name": "带动当地教师", "weight": 30, "roles": ["host", "origin_region"]},
        {"name": "带回的收获", "weight": 20, "roles": ["home"]},
    ],
}
_POST = """async ([path, body]) => (await fetch(path, {method: "POST", headers: {"Content-Type": "application/json"},
body: JSON.stringify(body)})).status"""
_SAYS = """async ([method, path, body]) => { const answer = await fetch(path, {method, headers: {"Content-Type":
"application/json"}, body: body && JSON.stringify(body)}); const text = await answer.text();
if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`); return text && JSON.parse(text); }"""


@pytest.mark.timeout(240)
def test_a_year_away_moves_the_countys_verdict_by_exactly_this_person(
    browser: Browser, office: Office
) -> None:
    today = datetime.now(timezone(timedelta(hours=8))).date()
    year = today.year if today.month >= 9 else today.year - 1
    administrator = signed_in(browser, office.link())
    home = signed_in(browser, link_for(administrator, office, HOME))
    host = signed_in(browser, link_for(administrator, office, HOST))
    county = f"{office.address}/exchange/compliance/632801"
    _agreed(browser, administrator, office, year)
    administrator.goto(f"{county}/people?what=exchanged&year={year}")
    before = _names(administrator)
    assert "郑卓玛" not in before
    assert administrator.evaluate(_POST, ["/exchange/api/v1/appraisal-forms/632801", _FORM]) == 201

    placement = _gone(
        administrator, home, host, office, year, kind="support_teaching", number=3, name="郑卓玛"
    )
    _gone(administrator, home, host, office, year, kind="job_shadowing", number=4, name="许玉兰")
    administrator.goto(f"{county}/people?what=exchanged&year={year}")
    assert _names(administrator) == {
        *before,
        "郑卓玛",
    }  # who shadows is too new there to be one of those who count
    for path in (
        f"/exchange/compliance/632801?year={year}",
        "/exchange/duties",
        "/exchange/communities",
        "/exchange/communities/new",
    ):
        administrator.goto(f"{office.address}{path}")
        reads_well(administrator)

    _logged(host, placement)
    _signed_in_at_a_session(administrator, host, placement)
    _take(host, placement, "登记返回", day=str(max(today, today.replace(year=year, month=9, day=1))))
    administrator.goto(f"{county}/people?what=exchanged&year={year}")
    assert _names(administrator) == before  # who came back before half of the year was over does not count

    _appraised(administrator, home, host, placement)


def _agreed(browser: Browser, administrator: Page, office: Office, year: int) -> None:
    """Haixi drafts and asks, and revises it meanwhile; Qixingguan reads what is different and approves version 2."""
    haixi, qixingguan = (_coordinator(browser, administrator, office, code) for code in ("632800", "520502"))
    haixi.goto(f"{office.address}/exchange/agreements/new")
    haixi.fill("#title", AGREEMENT)
    haixi.select_option("#parties", "region:632800")
    haixi.select_option("#parties-1", "region:520502")
    haixi.fill("#starts_on", f"{year}-09-01")
    haixi.fill("#ends_on", f"{year + 3}-08-31")
    for row, kind in enumerate(("support_teaching", "job_shadowing")):
        haixi.locator("[name=line_kind]").nth(row).select_option(kind)
        haixi.locator("[name=line_number]").nth(row).fill("1")
    haixi.get_by_role("button", name="保存草稿").click()
    haixi.get_by_role("button", name="征求各方同意").click()
    haixi.get_by_role("link", name="修改为第 2 版").click()
    haixi.locator("[name=line_number]").nth(1).fill("2")
    haixi.fill("#notice_days", "60")
    haixi.get_by_role("button", name="保存为第 2 版").click()
    reads_well(haixi)

    qixingguan.goto(f"{office.address}/exchange/agreements")
    qixingguan.get_by_role("link", name=AGREEMENT).click()
    qixingguan.get_by_role("link", name="与上一版的不同").click()
    expect(qixingguan.get_by_role("row", name="人数").locator("ins")).to_contain_text("跟岗学习 · 2")
    expect(qixingguan.get_by_role("row", name="终止提前天数").locator("del")).to_have_text("30")
    reads_well(qixingguan)
    qixingguan.get_by_role("link", name="去答复").click()
    qixingguan.get_by_role("button", name="同意第 2 版").click()
    expect(qixingguan.locator(".head").get_by_text("已生效")).to_be_visible()
    reads_well(qixingguan)


def _coordinator(browser: Browser, administrator: Page, office: Office, region: str) -> Page:
    """A new coordinator of a region, signed in."""
    administrator.goto(f"{office.address}/directory/accounts/new")
    administrator.get_by_label("姓名", exact=True).fill(f"协调员{region}")
    administrator.get_by_label("角色").select_option("coordinator")
    administrator.locator("#scope").select_option(f"region:{region}")
    administrator.get_by_role("button", name="生成链接").click()
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(administrator.get_by_label("登录链接").input_value())
    page.get_by_label("登录名").fill(f"xie-tiao-{region}")
    for label in ("密码", "再输入一次密码"):
        page.get_by_label(label, exact=True).fill("高原上的风很大 2026")
    page.get_by_role("button", name="保存并登录").click()
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
    return page


def _gone(
    administrator: Page,
    home: Page,
    host: Page,
    office: Office,
    year: int,
    *,
    kind: str,
    number: int,
    name: str,
) -> str:
    """Proposed by the region, nominated, accepted, agreed to, begun; answers the address of the placement."""
    page = administrator
    page.goto(f"{office.address}/exchange/placements/new")
    page.select_option("#origin_school_id", str(named("school", "3632801001")))
    page.get_by_role("button", name="显示教师").click()
    page.select_option("#kind", kind)
    page.select_option("#person_id", str(named("person", f"3632801001/{number}")))
    page.select_option("#host_school_id", str(named("school", "3520502001")))
    page.select_option("#agreement_id", label=AGREEMENT)
    page.fill("#starts_on", f"{year}-09-01")
    page.fill("#ends_on", f"{year + 1}-07-31")
    page.get_by_role("button", name="提出并告知双方学校").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    placement = page.url
    _take(home, placement, "推荐")
    _take(host, placement, "同意接收")
    _take(administrator, placement, "同意交流")
    _take(host, placement, "登记到岗")
    return placement


def _logged(host: Page, placement: str) -> None:
    """The host writes down what was done, which is confirmed with that."""
    host.goto(f"{placement}/duties")
    host.select_option("#kind", "mentoring_hours")
    host.fill("#amount", "4")
    host.fill("#text", "带教两位新教师")
    host.get_by_role("button", name="登记", exact=True).click()
    expect(host.get_by_role("listitem").filter(has_text="带教两位新教师")).to_contain_text("已确认")
    reads_well(host)


def _signed_in_at_a_session(administrator: Page, host: Page, placement: str) -> None:
    """Who is on the sign-in sheet of the host region's joint preparation has it in the log, and nobody writes it down."""

    def api(method: str, path: str, body: object = None) -> Any:
        return administrator.evaluate(_SAYS, [method, f"/scheduling/api/v1{path}", body])

    start = datetime.now(UTC).replace(microsecond=0)
    programme = api("POST", "/programmes", {"title": "七星关区集体备课", "host_region": "520502"})["id"]
    session = api(
        "POST",
        "/sessions",
        {
            "title": "分数应用题集体备课",
            "kind": "joint_research",
            "starts_at": start.isoformat(),
            "ends_at": (start + timedelta(hours=2)).isoformat(),
            "place": "七星关区第一中学会议室",
            "invited_schools": [str(named("school", "3520502001"))],
            "host_region": "520502",
            "programme_id": programme,
        },
    )["id"]
    teacher = {"name": "郑卓玛", "person_id": str(named("person", "3632801001/3"))}
    api("POST", f"/programmes/{programme}/trainees", {"trainees": [teacher]})
    api("POST", f"/programmes/{programme}/release", {})
    door = api("POST", f"/sessions/{session}/check-ins", {"starts_at": start.isoformat()})["id"]
    [line] = api("GET", f"/check-ins/{door}/list")
    entries = [{"participant_id": line["participant_id"], "state": "present"}]
    api("POST", f"/check-ins/{door}/list", {"entries": entries})
    logged = host.get_by_role("listitem").filter(has_text="分数应用题集体备课")
    for _ in range(40):
        host.goto(f"{placement}/duties")
        if logged.count():
            break
        host.wait_for_timeout(250)
    expect(logged).to_contain_text("已确认")


def _appraised(administrator: Page, home: Page, host: Page, placement: str) -> None:
    """Three rate, the missing are seen until then; a poor result has a plan that waits for the home school."""
    address = f"{placement}/appraisal"
    host.goto(address)
    host.get_by_label("合格", exact=True).check()
    host.get_by_role("button", name="登记", exact=True).click()
    for page, scores in ((host, ("50", "60")), (home, ("70",)), (administrator, ("50",))):
        page.goto(address)
        for number, score in enumerate(scores, start=1):
            page.fill(f"#score-{number}", score)
        page.get_by_role("button", name="提交评价").click()
        expect(page.get_by_role("button", name="修改评价")).to_be_visible()
    reads_well(administrator)
    host.goto(address)
    expect(host.get_by_text("3 位评价人，缺 0 位")).to_be_visible()
    host.get_by_role("button", name="定为考核结果").click()
    expect(host.locator("h1")).to_contain_text("不合格")  # 25 + 16.5 + 14
    administrator.goto(address)
    administrator.fill("#text-plan", "每月一次公开课，由教研组长听评")
    administrator.fill("#due", "2035-12-31")
    administrator.get_by_role("button", name="保存并请派出学校跟进").click()
    expect(administrator.get_by_text("等派出学校跟进")).to_be_visible()
    home.goto(placement.partition("/exchange")[0])
    expect(home.get_by_text("跟进改进计划", exact=True)).to_be_visible(timeout=10_000)


def _take(page: Page, placement: str, verb: str, *, day: str = "") -> None:
    """Take a step on the page of the placement; the page that follows says it was taken."""
    page.goto(placement)
    steps = page.locator(".timeline > li")
    before = steps.count()
    if day:
        page.get_by_text(f"{verb}…").click()
        page.fill("#on-return", day)
    page.get_by_role("button", name=verb).first.click()
    expect(steps).to_have_count(before + 1)


def _names(page: Page) -> set[str]:
    """Who is on the list."""
    return set(page.locator("tbody tr td:first-child").all_inner_texts())
