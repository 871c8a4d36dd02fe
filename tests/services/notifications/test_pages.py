"""The inbox in a browser and for machines."""

import re
from typing import Any

from shared.ids import uuid7
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, cancelled, released

OF_GOLMUD = f"liaison@school:{GOLMUD}"
OF_DELINGHA = f"liaison@school:{DELINGHA}"


def news_address(page: str) -> str:
    found = re.search(r'hx-get="(/notifications/news[^"]*)"', page)
    assert found
    return found[1]


def test_a_school_sees_its_invitation_in_both_languages(post: House) -> None:
    post.hear(released())

    zh = post.client(OF_GOLMUD).get("/notifications/").text
    en = post.client(OF_GOLMUD, language="en").get("/notifications/").text

    assert all(
        words in zh
        for words in (
            "本校通知",
            "集团治理与管理策略",
            "活动邀请",
            "6月10日 周二 08:30–12:00",
            "培训中心报告厅",
        )
    )
    assert all(
        words in en
        for words in ("Your school&#39;s notices", "集团治理与管理策略", "Invitation", "Tue 10 Jun")
    )
    assert "所学校已收到" not in zh


def test_an_empty_inbox_says_what_comes_next(post: House) -> None:
    post.hear(released())

    assert "还没有通知" in post.client(OF_DELINGHA).get("/notifications/").text


def test_who_looks_after_several_sees_which_schools_have_it(post: House) -> None:
    post.hear(released(invited_schools=(GOLMUD, DELINGHA, PARTNER)))

    page = post.client("coordinator@region:632800").get("/notifications/").text

    assert "2 所学校已收到，0 所已读" in page
    assert "○ 未读：格尔木市第一中学、德令哈市第一小学<" in page
    assert "七星关区第一中学" not in page


def test_the_page_learns_of_news_and_is_left_alone_otherwise(post: House) -> None:
    client = post.client(OF_GOLMUD)
    empty = news_address(client.get("/notifications/").text)
    assert client.get(empty).status_code == 204

    post.hear(released())
    fragment = client.get(empty)
    assert fragment.status_code == 200
    assert "集团治理与管理策略" in fragment.text
    assert "<html" not in fragment.text
    assert client.get(news_address(fragment.text)).status_code == 204

    post.hear(cancelled())
    assert "主讲人临时有事" in client.get(news_address(fragment.text)).text


def test_news_for_others_is_no_news(post: House) -> None:
    client = post.client(OF_DELINGHA)
    address = news_address(client.get("/notifications/").text)

    post.hear(released())

    assert client.get(address).status_code == 204


def test_html_in_a_title_stays_text(post: House) -> None:
    post.hear(released(title="<script>alert(1)</script>", link="javascript:alert(1)"))

    page = post.client(OF_GOLMUD).get("/notifications/").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_link_that_is_none_is_not_offered(post: House) -> None:
    post.hear(released(link="javascript:alert(1)"))

    assert "javascript:" not in post.client(OF_GOLMUD).get("/notifications/").text


def test_machines_read_the_same(post: House) -> None:
    post.hear(released(link="https://example.org/a"))

    answer = post.client(OF_GOLMUD).get("/notifications/api/v1/inbox")

    assert answer.status_code == 200
    assert answer.json is not None
    (notice,) = answer.json["notices"]
    assert {name: notice[name] for name in ("kind", "title", "starts_at", "link", "cancelled")} == {
        "kind": "session_released",
        "title": "集团治理与管理策略",
        "starts_at": "2025-06-10T00:30:00+00:00",
        "link": "https://example.org/a",
        "cancelled": False,
    }
    assert [school["id"] for school in notice["schools"]] == [str(GOLMUD)]
    assert post.client(OF_DELINGHA).get("/notifications/api/v1/inbox").json == {"notices": [], "older": None}


def test_a_question_that_is_wrong(post: House) -> None:
    answer = post.client(OF_GOLMUD).get("/notifications/api/v1/inbox?before=x")

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_a_place_in_the_list_that_is_not_there_ends_it(post: House) -> None:
    post.hear(released())

    page = post.client(OF_GOLMUD).get(f"/notifications/?before={uuid7()}").text

    assert "没有更早的通知了" in page


def reading_address(page: str) -> str:
    found = re.search(r'hx-post="([^"]+)"', page)
    assert found
    return found[1]


def test_a_school_marks_a_notice_as_read_without_a_script(post: House) -> None:
    post.hear(released())
    client = post.client(OF_GOLMUD)
    page = client.get("/notifications/").text
    assert "未读" in page

    answer = client.post(reading_address(page))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/notifications/")
    page = client.get("/notifications/").text
    assert "未读" not in page
    assert "标为已读" not in page


def test_with_one_the_list_alone_comes_back_and_is_read_aloud(post: House) -> None:
    post.hear(released())
    client = post.client(OF_GOLMUD)

    fragment = client.post(
        reading_address(client.get("/notifications/").text), headers={"HX-Request": "true"}
    ).text

    assert "<html" not in fragment
    assert "已标为已读。" in fragment
    assert "未读" not in fragment
    assert client.get(news_address(fragment)).status_code == 204


def test_another_window_of_the_school_learns_that_it_was_read(post: House) -> None:
    post.hear(released())
    client, other = post.client(OF_GOLMUD), post.client(OF_GOLMUD)
    page = other.get("/notifications/").text

    client.post(reading_address(page))

    assert "未读" not in other.get(news_address(page)).text


def test_whose_schools_are_many_sees_how_many_have_read_it(post: House) -> None:
    post.hear(released(invited_schools=(GOLMUD, DELINGHA)))
    post.client(OF_GOLMUD).post(reading_address(post.client(OF_GOLMUD).get("/notifications/").text))

    page = post.client("coordinator@region:632800").get("/notifications/").text

    assert "2 所学校已收到，1 所已读" in page
    assert "✓ 已读：格尔木市第一中学<" in page
    assert "○ 未读：德令哈市第一小学<" in page
    assert "标为已读" not in page


def test_a_machine_marks_as_read(post: House) -> None:
    post.hear(released())
    client = post.client(OF_GOLMUD)

    def notice() -> dict[str, Any]:
        answer = client.get("/notifications/api/v1/inbox")
        assert answer.json is not None
        found: dict[str, Any] = answer.json["notices"][0]
        return found

    unread = notice()
    assert (unread["unread"], unread["schools"][0]["read_at"]) == (True, None)

    address = f"/notifications/api/v1/inbox/{unread['id']}/reading"
    assert [client.post(address).status_code for _ in range(2)] == [204, 204]
    assert (notice()["unread"], notice()["schools"][0]["read_at"]) == (False, "2025-06-03T01:00:00+00:00")
    for grant, status in ((OF_DELINGHA, 404), ("administrator@all", 404)):
        answer = post.client(grant).post(address)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
