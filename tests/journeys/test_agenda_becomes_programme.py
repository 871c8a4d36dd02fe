"""An office's agenda in a real browser: sent, put right where it is wrong, confirmed, on paper, and taken back."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.office import Office
from tests.journeys.test_accessibility import violations
from tests.journeys.test_session_reaches_school import signed_in
from tests.sheets.books import book

SHEETS: dict[str, list[list[str | None]]] = {
    "日程": [
        ["集团校长研修班日程安排（2025年）"],
        ["主办单位：海西州教育局   地点：培训中心"],
        ["日期", "时间", "内容", "形式", "主讲/主持", "地点"],
        ["7月7日(星期一)", "8:30-12:00", "开班仪式", "集中", "主持人", "报告厅"],
        [None, "25:00-26:00", "集团治理", "专题讲座", "专家A、专家B", "报告厅"],
        ["7月8日—9日", "全天", "跟岗学习", "跟岗", "导师", "示范校一"],
    ],
    "学员名单": [
        ["姓名", "单位", "职务", "手机号码"],
        ["才让明", "格尔木市第一中学", "校长", "10001112222"],
        ["卓玛梅", "格尔木二中", "副校长", "—"],
    ],
}


@pytest.mark.timeout(240)
def test_an_agenda_is_put_right_confirmed_printed_and_taken_back(
    browser: Browser, office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "研修班日程.xlsx"
    file.write_bytes(book(SHEETS, merges={"日程": ["A4:A5"]}))
    page = signed_in(browser, office.link())
    page.goto(f"{office.address}/scheduling/programmes")
    page.get_by_role("link", name="导入日程").click()
    page.set_input_files("#workbook", file)
    page.select_option("#host_region", "632800")
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("heading", name="1 个项目草稿、2 项活动、2 名学员")).to_be_visible()
    expect(page.get_by_text("没有 25:00 这个时间。")).to_be_visible()
    reads_well(page)

    page.get_by_label("时间 B5").fill("14:30-17:30")
    page.get_by_role("button", name="改好").click()
    expect(page.get_by_role("heading", name="1 个项目草稿、3 项活动、2 名学员")).to_be_visible()
    page.get_by_role("button", name="确认，建立项目").click()
    expect(page.get_by_text("已建立项目草稿：3 项活动、2 名学员")).to_be_visible()
    agenda = page.url

    page.get_by_role("link", name="打开项目").click()
    expect(page.get_by_role("heading", name="集团校长研修班", level=1)).to_be_visible()
    page.get_by_role("link", name="签到表").click()
    expect(page.get_by_role("cell", name="才让明")).to_have_count(3)
    reads_well(page)
    page.get_by_role("link", name="日程表").click()
    expect(page.get_by_text("2025年7月7日（星期一）")).to_be_visible()
    reads_well(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.startswith("集团校长研修班日程表")

    page.goto(agenda)
    page.get_by_role("button", name="整体撤销，回到预览").click()
    expect(page.get_by_role("button", name="确认，建立项目")).to_be_visible()
    page.goto(f"{office.address}/scheduling/programmes")
    expect(page.get_by_role("link", name="集团校长研修班")).to_have_count(0)


def reads_well(page: Page) -> None:
    """Axe finds nothing and nothing scrolls sideways, wide and on a phone, in both languages and by night."""
    found = []
    for width, language, scheme in ((1280, "zh", "light"), (360, "en", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.context.add_cookies([{"name": "language", "value": language, "url": page.url}])
        page.reload()
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    page.context.add_cookies([{"name": "language", "value": "zh", "url": page.url}])
    page.reload()
    assert found == []
