"""What a browser is told, what another site may not do, and where nobody is sent."""

from datetime import timedelta

import pytest

from shared.auth.tokens import GRACE, LIFETIME
from shared.web.signing_in import RENEWED
from tests.builders import House, new_key, published

ADMINISTRATOR = "administrator@all"


def test_every_answer_carries_the_headers(toy: House) -> None:
    for path in ("/exchange/language", "/exchange/nothing", "/exchange/raise/bug", "/exchange/mine"):
        headers = toy.client().get(path).headers
        assert "script-src" not in headers["Content-Security-Policy"]
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_html_in_what_people_typed_stays_text(toy: House) -> None:
    answer = toy.client().get("/exchange/echo", query_string={"said": "<script>alert(1)</script>"})

    assert answer.text == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # a program: no browser, no other site
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_a_change_that_another_site_sends_is_refused(
    toy: House, headers: dict[str, str], status: int
) -> None:
    assert toy.client(ADMINISTRATOR).post("/exchange/change", headers=headers).status_code == status


def test_another_site_may_link_to_a_page(toy: House) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert toy.client(ADMINISTRATOR).get("/exchange/mine", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/scheduling/?state=draft", "/scheduling/?state=draft"),
        ("", "/"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("/\r/evil.example", "/"),
        (" //evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_nobody_is_sent_to_another_site(toy: House, target: str, lands: str) -> None:
    answer = toy.client().get("/exchange/go", query_string={"next": target})

    assert answer.headers["Location"] == lands


def test_a_person_who_is_not_signed_in_is_led_to_where_they_can(toy: House) -> None:
    answer = toy.client().get("/exchange/mine?a=b", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/sign-in?next=%2Fexchange%2Fmine%3Fa%3Db",
    )


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/exchange/change", {"Accept": "text/html"}),
        ("GET", "/exchange/mine", {"Accept": "application/json"}),
        ("GET", "/exchange/mine", {"Accept": "text/html", "HX-Request": "true"}),
        ("POST", "/exchange/api/v1/things", {}),
    ],
)
def test_what_cannot_be_led_is_told(toy: House, method: str, path: str, headers: dict[str, str]) -> None:
    assert toy.client().open(path, method=method, headers=headers).status_code == 401


@pytest.mark.parametrize("token", ["", "a.b.c", "e30.e30.", "校长"])
def test_a_cookie_that_is_no_token_signs_nobody_in(toy: House, token: str) -> None:
    client = toy.client()
    client.set_cookie("tongxing", token)

    assert client.get("/exchange/mine").status_code == 303


def test_a_token_expires(toy: House) -> None:
    client = toy.client(ADMINISTRATOR)
    assert client.get("/exchange/mine").status_code == 200

    toy.clock.move(LIFETIME + timedelta(minutes=1))
    assert client.get("/exchange/mine").status_code == 200  # directory may be away
    toy.clock.move(GRACE)

    assert client.get("/exchange/mine").status_code == 303


def test_a_token_of_a_key_that_this_service_does_not_know_yet(toy: House) -> None:
    known, toy.key = toy.key, new_key()
    client = toy.client(ADMINISTRATOR)
    assert client.get("/exchange/mine").status_code == 303

    toy.hear(published(toy.key))

    assert toy.client(ADMINISTRATOR).get("/exchange/mine").status_code == 200
    toy.key = known
    assert toy.client(ADMINISTRATOR).get("/exchange/mine").status_code == 200


def test_who_was_renewed_and_is_not_known_yet_waits_instead_of_going_in_circles(toy: House) -> None:
    toy.key = new_key()
    client = toy.client(ADMINISTRATOR)
    client.set_cookie(RENEWED, "1")

    answer = client.get("/exchange/mine", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Refresh"]) == (503, "1")
    assert "还不认识你的登录" in answer.text

    toy.hear(published(toy.key))
    assert toy.client(ADMINISTRATOR).get("/exchange/mine").status_code == 200


def test_a_command_runs_as_who_asks_and_in_their_trace(toy: House) -> None:
    answer = toy.client(ADMINISTRATOR).post("/exchange/change")

    assert answer.text.startswith("account:0197a000-0000-7000-8000-000000000001 ")
