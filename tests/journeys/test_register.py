"""The first real office: an empty system, three rosters as they were sent, and each reader sees what is theirs."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.office import Office
from tests.journeys.test_session_reaches_school import signed_in

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def empty_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("TONGXING_DEMO", "false")
    return Office(tmp_path / "data").open()


def imported(page: Page, office: Office, roster: str) -> None:
    page.goto(f"{office.address}/directory/imports")
    page.set_input_files("#workbook", DATA / f"roster-{roster}.xlsx")
    page.get_by_role("button", name="上传并预览").click()
    page.get_by_role("button", name="确认写入").click(timeout=60_000)
    expect(page.get_by_role("button", name="撤销这次导入")).to_be_visible(timeout=90_000)


@pytest.mark.timeout(300)
def test_three_rosters_fill_an_empty_system_and_change_nothing_twice(
    browser: Browser, empty_office: Office
) -> None:
    if not DATA.is_dir():
        pytest.skip("The offices' rosters lie beside the checkout, in ../shared/data, and are not there.")
    office = empty_office
    try:
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

        administrator.goto(f"{office.address}/directory/imports")
        administrator.get_by_role("link", name="roster-zhaotong.xlsx").click()
        administrator.get_by_role("button", name="撤销这次导入").click()
        expect(administrator.get_by_text("已经撤销。")).to_be_visible(timeout=90_000)
        administrator.goto(f"{office.address}/directory/schools")
        expect(administrator.get_by_text("50 所学校")).to_be_visible()
    finally:
        office.close()
