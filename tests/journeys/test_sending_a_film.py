"""Somebody sends a film for a draft; the network goes away in the middle, the page is left, and it goes on where it stopped."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Route, expect

from tests.journeys.office import Office

#: Bytes of the film, and of them what the line carries in a second.
FILM, LINE = 48 * 2**20, 3 * 2**20


@pytest.mark.timeout(120)
def test_a_film_that_was_cut_goes_on_where_it_stopped_and_is_published(
    browser: Browser, office: Office, tmp_path: Path
) -> None:
    film = tmp_path / "实验课.mkv"
    film.write_bytes(b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska" + bytes(range(256)) * (FILM // 256))
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    files = draft(page, office, name="浮力实验课")
    page.goto(files)

    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    line(wire, speed=LINE)
    page.set_input_files("input[type=file]", film)
    expect(page.locator("[data-figures]")).to_have_text(re.compile(r"[2-9]\d %"), timeout=20_000)
    line(wire, speed=LINE, offline=True)
    expect(page.get_by_text("网络断开，恢复后自动继续")).to_be_visible(timeout=20_000)
    page.on("dialog", lambda asked: asked.accept())
    page.goto("about:blank")  # left while the network is away, or it would go on by itself
    line(wire, speed=-1)
    page.goto(files)
    expect(page.locator("#sent").get_by_text("正在上传")).to_be_visible()

    began: list[int] = []
    page.on(
        "request",
        lambda sent: (
            began.append(int(sent.headers.get("upload-offset", "0"))) if sent.method == "PATCH" else None
        ),
    )
    page.set_input_files("input[type=file]", film)
    expect(page.locator("#sent").get_by_role("link", name="实验课.mkv")).to_be_visible(timeout=30_000)
    assert began[0] >= FILM // 5  # what came before the cut did not come again

    page.get_by_role("link", name="完成").click()
    page.get_by_role("button", name="发布").click()
    page.get_by_role("dialog").get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布")).to_be_visible()
    context.close()


def test_a_file_chosen_before_the_script_came_is_sent(
    browser: Browser, office: Office, tmp_path: Path
) -> None:
    plan = tmp_path / "浮力教案.pdf"
    plan.write_bytes(b"%PDF-1.7\n%%EOF\n")
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    files = draft(page, office, name="浮力教案")
    held: list[Route] = []

    def hold(asked: Route) -> None:
        held.append(asked)

    page.route(re.compile(r"/upload-[^/]*\.js"), hold)
    page.goto(files, wait_until="commit")
    page.set_input_files("input[type=file]", plan)
    expect(page.get_by_role("heading", name="放在别处的录像")).to_be_visible()
    (script,) = held
    script.continue_()
    expect(page.locator("#sent").get_by_role("link", name="浮力教案.pdf")).to_be_visible(timeout=20_000)
    context.close()


def draft(page: Page, office: Office, *, name: str) -> str:
    """The address of the files of a new item, which the office has begun."""
    page.goto(office.link())
    page.get_by_role("button", name="登录").click()
    page.goto(f"{office.address}/resources/items/new")
    page.get_by_label("名称", exact=True).fill(name)
    page.get_by_label("类别").select_option("recording")
    page.get_by_label("提供学校").select_option(label="德令哈市第三中学")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="上传文件").wait_for()
    return f"{page.url}/files"


def line(wire: CDPSession, *, speed: int, offline: bool = False) -> None:
    """The network as it is from now on: bytes a second upwards, or none at all."""
    wire.send(
        "Network.emulateNetworkConditions",
        {"offline": offline, "latency": 5, "downloadThroughput": -1, "uploadThroughput": speed},
    )
