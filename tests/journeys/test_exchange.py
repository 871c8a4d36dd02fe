"""The exchange in a real browser: a filing form comes in, and a teacher is proposed under an agreement."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.ids import named
from tests.journeys.office import Office
from tests.journeys.test_agenda_becomes_programme import reads_well
from tests.journeys.test_session_reaches_school import signed_in
from tests.sheets.books import book

_FORM: list[list[str | None]] = [
    ["教师交流轮岗备案表"],
    [
        "姓名",
        "身份证后四位",
        "交流类型",
        "是否调动人事关系",
        "起始年月",
        "终止年月",
        "原单位",
        "接收单位",
        "备注",
    ],
    ["曾志强", None, "轮岗交流", "是", "2030.08", "2033.07", "德令哈市第三中学", "乌兰县第四中学", None],
    ["罗玉兰", None, "支教", "否", "2030.08", "2031.07", "德令哈市第三中学", "德令哈市第三中学", None],
]


@pytest.mark.timeout(240)
def test_a_form_comes_in_and_a_teacher_is_proposed(browser: Browser, office: Office, tmp_path: Path) -> None:
    page = signed_in(browser, office.link())
    _file(page, office, tmp_path)
    _send(page, office)


def _file(page: Page, office: Office, tmp_path: Path) -> None:
    """A row that names one school twice stays out and says why; the other is entered and taken back."""
    file = tmp_path / "备案表.xlsx"
    file.write_bytes(book({"交流轮岗": _FORM}))
    page.goto(f"{office.address}/exchange/filings")
    page.set_input_files("#workbook", file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("list").get_by_text("教师系统要求接收单位不同于原单位")).to_be_visible()
    reads_well(page)
    page.get_by_role("button", name="确认登记 1 条").click()
    expect(page.get_by_text("已登记 1 条交流")).to_be_visible()
    page.get_by_role("button", name="撤销这次登记").click()
    expect(page.get_by_role("button", name="确认登记 1 条")).to_be_visible()


def _send(page: Page, office: Office) -> None:
    """A backbone teacher is proposed under the agreement; where it stands is on the board."""
    page.goto(f"{office.address}/exchange/placements/new")
    page.select_option("#origin_school_id", str(named("school", "3632801001")))
    page.get_by_role("button", name="显示教师").click()
    page.select_option("#person_id", str(named("person", "3632801001/3")))
    page.select_option("#host_school_id", str(named("school", "3520502001")))
    page.select_option("#agreement_id", label="海西州—七星关区教师交流协议（2026—2029）")
    page.fill("#starts_on", "2027-09-01")
    page.fill("#ends_on", "2027-12-31")
    page.get_by_role("button", name="提出并告知双方学校").click()
    expect(page.locator("#ends_on-error")).to_contain_text("支教为一学年")
    page.fill("#ends_on", "2028-07-15")
    page.get_by_role("button", name="提出并告知双方学校").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "郑卓玛：格尔木市第一中学 → 七星关区第一中学"
    )
    reads_well(page)
    page.goto(f"{office.address}/exchange/")
    expect(page.locator("section", has=page.locator("#column-applied"))).to_contain_text("郑卓玛")
    reads_well(page)
    for path in (
        "/exchange/flows",
        "/exchange/compliance?year=2025",
        "/exchange/compliance/632801?year=2025",
        "/exchange/compliance/632801/people?year=2025&what=exchanged",
        "/exchange/compliance/632801/balance?year=2025",
        "/exchange/rules/632800",
        "/exchange/rules/632800/revision",
        "/exchange/appraisal-forms/632800",
        "/exchange/appraisal-forms/632800/support_teaching",
        "/exchange/placements",
        "/exchange/placements/new",
        "/exchange/agreements/new",
    ):
        page.goto(f"{office.address}{path}")
        reads_well(page)
