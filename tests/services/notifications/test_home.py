"""What notifications shows on others' pages: a card, and hits of a search."""

import pytest

from tests.builders import DELINGHA, GOLMUD, PARTNER, House, cancelled, released, three_schools

LIAISON = f"liaison@school:{GOLMUD}"


def _read_all(post: House, school: str) -> None:
    answer = post.client(school).get("/notifications/api/v1/inbox")
    assert answer.json is not None
    for notice in answer.json["notices"]:
        post.client(school).post(f"/notifications/api/v1/inbox/{notice['id']}/reading")


def test_a_school_sees_how_much_it_has_not_read(post: House) -> None:
    post.hear(released(), cancelled())

    card = post.client(LIAISON).get("/notifications/card").text
    assert '<a class="figure" href="/notifications/">2</a> 条未读' in card

    _read_all(post, LIAISON)
    assert "全部已读" in post.client(LIAISON).get("/notifications/card").text


def test_a_coordinator_sees_how_many_schools_have_read(post: House) -> None:
    post.hear(*three_schools(), released())
    _read_all(post, LIAISON)

    everywhere = post.client("administrator@all").get("/notifications/card").text
    own = post.client("coordinator@region:632800").get("/notifications/card").text

    assert "1 / 2 校已读" in everywhere
    assert "1 / 1 校已读" in own


def test_it_shows_nothing_of_another_school(post: House) -> None:
    post.hear(*three_schools(), released(invited_schools=(PARTNER,)))

    for grant in (LIAISON, "coordinator@region:632800"):
        assert "集团治理" not in post.client(grant).get("/notifications/card").text
        assert post.client(grant).get("/notifications/search?q=集团").text.strip() == ""


@pytest.mark.parametrize("path", ["/notifications/card", "/notifications/search?q=集团"])
def test_a_teacher_has_no_inbox_and_so_no_card(post: House, path: str) -> None:
    post.hear(released())

    answer = post.client(f"teacher@school:{GOLMUD}").get(path)

    assert (answer.status_code, answer.text.strip()) == (200, "")


def test_notices_are_found_by_title_and_lead_to_their_place(post: House) -> None:
    post.hear(released())

    found = post.client(LIAISON).get("/notifications/search?q=治理").text
    anchor = found.split("/notifications/#")[1].split('"')[0]

    assert f'id="{anchor}"' in post.client(LIAISON).get("/notifications/").text
    assert post.client(LIAISON).get("/notifications/search?q=").text.strip() == ""
    assert post.client(f"liaison@school:{DELINGHA}").get("/notifications/search?q=治理").text.strip() == ""


def test_html_in_a_title_stays_text(post: House) -> None:
    post.hear(released(title="<script>alert(1)</script>"))

    for path in ("/notifications/card", "/notifications/search?q=script"):
        text = post.client(LIAISON).get(path).text
        assert "<script>" not in text
        assert "&lt;script&gt;" in text


def test_both_languages_have_it(post: House) -> None:
    post.hear(released())

    assert "unread" in post.client(LIAISON, language="en").get("/notifications/card").text
