"""Two schools develop a course, their prefecture reviews and publishes it, and a teacher of another region asks for it."""

from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.office import Office
from tests.journeys.test_people_in import accepted
from tests.journeys.test_session_reaches_school import link_for, signed_in

LEAD, PARTNER, ABROAD = "德令哈市第一小学", "格尔木市第二中学", "七星关区第一中学"
TITLE = "高原上的数学（校际共建）"


def teacher_of(administrator: Page, office: Office, school: str) -> str:
    """The link of a new teacher's account."""
    administrator.goto(f"{office.address}/directory/accounts/new")
    administrator.get_by_label("姓名", exact=True).fill("龙晶")
    administrator.get_by_label("角色").select_option("teacher")
    administrator.locator("#school-q").fill(school)
    administrator.locator("input[name=school]").first.check()
    administrator.get_by_role("button", name="生成链接").click()
    return administrator.get_by_label("登录链接").input_value()


def begins(maker: Page, office: Office) -> str:
    """Describe the course, open it to the own school first, and ask the other school; answers its page."""
    maker.goto(f"{office.address}/resources/items/new")
    maker.fill("#title", TITLE)
    maker.select_option("#kind", "course")
    maker.fill("#summary", "用海拔、气温和路程学分数与比例。")
    maker.get_by_role("button", name="保存").click()
    expect(maker.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    item = maker.url
    maker.get_by_role("link", name="共同建设").click()
    maker.fill("#school", PARTNER)
    maker.fill("#task", "写第三课时")
    maker.get_by_role("button", name="邀请", exact=True).click()
    expect(maker.get_by_text("写第三课时")).to_be_visible()
    return item


def takes_part(partner: Page, item: str) -> None:
    """Edit the draft, say something about it, and say that the own part is done."""
    partner.goto(item)
    partner.get_by_role("link", name="修改", exact=True).click()
    partner.fill("#keywords", "共建 分数")
    partner.get_by_role("button", name="保存").click()
    expect(partner.get_by_text("共建、分数")).to_be_visible()
    partner.goto(f"{item}/development")
    partner.get_by_label("你的意见").fill("第二课时可以再短一些")
    partner.get_by_role("button", name="发表").click()
    partner.get_by_role("button", name=f"已完成 {PARTNER}").click()
    expect(partner.locator(".chip", has_text="已完成")).to_be_visible()


def confirmed(page: Page, word: str, dialog: str) -> None:
    """Open the dialog that says what will happen, and go through with it."""
    page.get_by_role("button", name=word, exact=True).first.click()
    page.locator("dialog[open]").get_by_role("button", name=dialog, exact=True).click()


@pytest.mark.timeout(150)
def test_a_course_of_two_schools_is_published_and_asked_for_from_another_region(
    browser: Browser, office: Office
) -> None:
    reviewer = signed_in(browser, office.link())
    maker = signed_in(browser, link_for(reviewer, office, LEAD))
    partner = signed_in(browser, link_for(reviewer, office, PARTNER))
    teacher = accepted(browser, teacher_of(reviewer, office, ABROAD), login="longjing", phone=True)

    item = begins(maker, office)
    takes_part(partner, item)
    maker.goto(f"{item}/development")
    expect(maker.get_by_text("第二课时可以再短一些")).to_be_visible()
    maker.goto(item)
    confirmed(maker, "提交审核", "提交")
    expect(maker.locator(".chip", has_text="待审核").first).to_be_visible()
    assert teacher.goto(item).status == 404  # type: ignore[union-attr]  # it answers

    reviewer.goto(item)
    confirmed(reviewer, "发布", "发布")
    expect(reviewer.locator(".chip", has_text="已发布").first).to_be_visible()
    partner.goto(f"{office.address}/resources/items?q=共建")
    expect(partner.get_by_role("link", name=TITLE)).to_be_visible()
    teacher.goto(f"{office.address}/resources/items?q=共建")
    expect(teacher.get_by_role("link", name=TITLE)).to_have_count(0)

    teacher.goto(f"{item}/access")
    teacher.get_by_label("为什么想看").fill("我校六年级也在做项目学习")
    teacher.get_by_role("button", name="申请", exact=True).click()
    expect(teacher.get_by_text("正在等提供者答复")).to_be_visible()
    maker.goto(f"{item}/access")
    maker.get_by_role("listitem").filter(has_text=ABROAD).get_by_role(
        "button", name="同意", exact=True
    ).click()
    expect(maker.locator(".chip", has_text="已同意")).to_be_visible()
    teacher.goto(item)
    expect(teacher.get_by_role("heading", level=1, name=TITLE)).to_be_visible()

    teacher.goto(f"{item}/lessons")
    teacher.fill("#day", f"{datetime.now().astimezone():%Y-%m-%d}")
    teacher.get_by_role("button", name="保存").click()
    reviewer.goto(f"{item}/use")
    expect(reviewer.locator(".list", has_text=ABROAD)).to_be_visible()
