"""Every page of the demonstration: axe in both languages, light and dark, wide and on a phone; weight, width, keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.journeys.office import Office
from tests.journeys.test_people_in import accepted

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

#: Where a walk through the pages begins; it follows the links of the same site and takes one page of each kind.
START = (
    "/",
    "/account",
    "/account/password",
    "/search",
    "/search?q=dlh",
    "/notifications/",
    "/scheduling/",
    "/directory/schools?stage=junior&region=632800&sort=-pupils",
    "/directory/regions/new?q=6328",
)

#: The narrowest phone that pages are made for, in CSS pixels.
PHONE = 360

#: What a first load may weigh over the wire.
FIRST_LOAD_BYTES = 150 * 1024

#: No pages: files, APIs, and what ends the walk.
NO_PAGES = ("/static", "/api", "export", "/sign-", ".xlsx", "/session/", "/metrics")


#: What axe finds, and no more than that: all that it has looked at would be half a megabyte a page.
FINDS = """async wanted => {
    const found = await axe.run({runOnly: wanted, resultTypes: ["violations"]});
    return found.violations.flatMap(each => each.nodes.slice(0, 3).map(node => [each.id, node.html.slice(0, 160)]));
}"""


@dataclass
class Opened:
    """An office with its administrator's cookies."""

    office: Office
    cookies: list[dict[str, str]]

    def context(self, browser: Browser, *, width: int, language: str = "zh") -> BrowserContext:
        found = browser.new_context(viewport={"width": width, "height": 900})
        found.add_cookies(self.cookies)  # type: ignore[arg-type]  # as this library itself gave them
        found.add_cookies([{"name": "language", "value": language, "url": self.office.address}])
        return found


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    office = Office(tmp_path_factory.mktemp("pages") / "data").open()
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(office.link())
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
    cookies = [dict(each) for each in context.cookies()]
    context.close()
    yield Opened(office, cookies)  # type: ignore[arg-type]
    office.close()


#: Colours and width in which axe looks at each page, by language: each language, colour and width once, in a quarter
#: of the looks that all of them together would take. Whether it scrolls sideways is asked at both widths in both languages.
LOOKS: dict[str, tuple[Literal["light", "dark"], int]] = {"zh": ("light", 1280), "en": ("dark", PHONE)}


@pytest.mark.timeout(600)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser: Browser, opened: Opened) -> None:
    address, wrong, too_wide = opened.office.address, [], []
    context = opened.context(browser, width=1280)
    page = context.new_page()
    for path in walk(page, address):
        for language, (colours, width) in LOOKS.items():
            if language != "zh":
                context.add_cookies([{"name": "language", "value": language, "url": address}])
                settled(page, address + path)
            for wide in sorted((1280, PHONE), key=width.__eq__):  # the one for axe last
                page.set_viewport_size({"width": wide, "height": 900})
                if (needed := page.evaluate("document.documentElement.scrollWidth")) > wide:
                    too_wide.append((path, language, wide, needed))
            page.emulate_media(color_scheme=colours)
            wrong += [(path, language, colours, width, *each) for each in violations(page)]
        context.add_cookies([{"name": "language", "value": "zh", "url": address}])
    context.close()

    assert wrong == []
    assert too_wide == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", ["coordinator", "liaison"])
def test_axe_finds_nothing_in_what_others_see(browser: Browser, opened: Opened, role: str) -> None:
    """Once, on a phone and in Chinese: the parts are those of the pages above, and other ones are shown."""
    administrator = opened.context(browser, width=1280)
    link = invited(administrator.new_page(), opened.office.address, role)
    administrator.close()
    page = accepted(browser, link, login=role, phone=True)
    wrong = [(path, *each) for path in walk(page, opened.office.address) for each in violations(page)]
    page.context.close()

    assert wrong == []


@pytest.mark.timeout(60)
def test_a_first_load_is_light(browser: Browser, opened: Opened) -> None:
    context = opened.context(browser, width=1280)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    weights: list[float] = []
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda told: weights.append(told["encodedDataLength"]))
    settled(page, opened.office.address + "/")
    context.close()

    assert 0 < sum(weights) <= FIRST_LOAD_BYTES


@pytest.mark.timeout(60)
def test_keys_lead_through_the_frame(browser: Browser, opened: Opened) -> None:
    context = opened.context(browser, width=1280)
    page = context.new_page()
    settled(page, opened.office.address + "/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".brand")).to_be_focused()
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("/")
    box = page.locator(".topbar .search input")
    expect(box).to_be_focused()
    page.keyboard.type("dlh")
    expect(page.locator(".search__hits a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".search__hits a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    expect(box).to_have_value("dlh")
    context.close()


def invited(page: Page, address: str, role: str) -> str:
    """The link of a new account, of Haixi or of a school in it."""
    page.goto(f"{address}/directory/accounts/new")
    page.get_by_label("姓名", exact=True).fill(f"{role} in Haixi")
    page.get_by_label("角色").select_option(role)
    if role == "coordinator":
        page.locator("#scope").select_option("region:632800")
    else:
        page.locator("#school-q").fill("delingha")
        page.locator("input[name=school]").first.check()
    page.get_by_role("button", name="生成链接").click()
    return page.get_by_label("登录链接").input_value()


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe finds in the page as it is now: the rule, and the beginning of what breaks it."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    return [(rule, html) for rule, html in page.evaluate(FINDS, RULES)]


def settled(page: Page, address: str) -> Response | None:
    """Open it, and wait until the fragments that it asks for are there."""
    answer = page.goto(address)
    expect(page.locator(".htmx-request")).to_have_count(0)
    return answer


def walk(page: Page, address: str) -> Iterator[str]:
    """The path of a page of each kind that links lead to, while it is open; at most one with the same shape."""
    waiting, seen = list(START), set()
    while waiting:
        path = waiting.pop(0)
        if shape(path) in seen or any(each in path for each in NO_PAGES):
            continue
        answer = settled(page, address + path)
        if answer is None or not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            continue
        seen.add(shape(path))
        links = page.eval_on_selector_all(
            "main a[href]:not([download], [target=_blank], [rel~=external]), .rail a[href]",  # pages, and of ours
            "all => all.map(each => new URL(each.getAttribute('href'), location).href)",  # a link in a drawing has no `href` of text
        )
        waiting += [link.removeprefix(address) for link in links if link.startswith(address + "/")]
        yield path


def shape(path: str) -> str:
    """The address with what only names one of many left out."""
    parts = urlsplit(path)
    named = (
        "#" if len(each) > 20 or any(sign.isdigit() for sign in each) else each
        for each in parts.path.split("/")
    )
    return "/".join(named) + ("?q" if parts.path == "/search" and parts.query else "")
