"""Errors: problem+json for machines, a page with a sentence for people, a trace for nobody."""

import pytest

from shared.web.app import MAX_REQUEST_BYTES
from tests.builders import House

KINDS = [
    ("refusal", 409),
    ("invalid", 422),
    ("not-found", 404),
    ("forbidden", 403),
    ("unavailable", 503),
]


@pytest.mark.parametrize(("name", "status"), KINDS)
def test_a_machine_gets_a_problem(toy: House, name: str, status: int) -> None:
    answer = toy.client(language="en").get(f"/exchange/api/v1/things/{name}")

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = answer.get_json(force=True)
    trace = problem.pop("trace")
    title = {409: "Conflict", 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable"}
    assert problem == {
        "type": "about:blank",
        "title": title.get(status, problem["title"]),
        "status": status,
        "detail": "No.",
        "instance": f"/exchange/api/v1/things/{name}",
        **({"errors": {"title": ["No."]}} if name == "invalid" else {}),
    }
    assert trace == "" or len(trace) == 32


@pytest.mark.parametrize(("name", "status"), KINDS)
def test_a_person_gets_a_page_in_their_language(toy: House, name: str, status: int) -> None:
    answer = toy.client(language="zh").get(f"/exchange/raise/{name}", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert "不行。" in answer.text
    assert '<html lang="zh-CN">' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "offered"),
    [
        ("GET", "/exchange/raise/unavailable?a=b", True),
        ("GET", "/exchange/raise/bug", True),
        ("GET", "/exchange/nothing", False),
        ("GET", "/exchange/raise/forbidden", False),
        ("POST", "/exchange/language", False),
    ],
)
def test_trying_again_is_offered_where_it_may_help(
    toy: House, method: str, path: str, *, offered: bool
) -> None:
    page = toy.client().open(path, method=method, headers={"Accept": "text/html"}).text

    assert (f'href="{path}">再试一次' in page) is offered
    assert "回到首页" in page


def test_htmx_gets_the_way_to_sign_in(toy: House) -> None:
    answer = toy.client().get("/exchange/mine", headers={"HX-Request": "true", "Accept": "text/html"})

    assert answer.status_code == 401
    assert '<a href="/sign-in">登录</a>' in answer.text


def test_htmx_gets_the_sentence_alone(toy: House) -> None:
    answer = toy.client().get(
        "/exchange/raise/refusal", headers={"HX-Request": "true", "Accept": "text/html"}
    )

    assert answer.status_code == 409
    assert "不行。" in answer.text
    assert "<html" not in answer.text


def test_a_database_that_is_away_says_when_to_come_back(toy: House) -> None:
    for path in ("/exchange/raise/unavailable", "/exchange/api/v1/things/unavailable"):
        answer = toy.client().get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")


@pytest.mark.parametrize("path", ["/exchange/raise/bug", "/exchange/api/v1/things/bug"])
def test_a_bug_of_ours_shows_nothing_of_itself(toy: House, path: str) -> None:
    answer = toy.client().get(path)

    assert answer.status_code == 500
    assert "1000-1234" not in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_what_there_is_not(toy: House) -> None:
    client = toy.client(language="en")

    assert (client.get("/exchange/nothing").status_code, client.get("/exchange/api/v1/no").status_code) == (
        404,
        404,
    )
    wrong = client.post("/exchange/language")
    assert wrong.status_code == 405
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_request_that_is_too_large(toy: House) -> None:
    client = toy.client("administrator@all")

    answer = client.post(
        "/exchange/api/v1/things", data=b" " * (MAX_REQUEST_BYTES + 1), content_type="application/json"
    )

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"title"}),
        ({"title": 7}, {"title"}),
        ({"title": "a", "titel": "b"}, {"titel"}),
    ],
)
def test_a_body_that_is_wrong_names_its_fields(toy: House, body: dict[str, object], errors: set[str]) -> None:
    answer = toy.client("administrator@all").post("/exchange/api/v1/things", json=body)

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.get_json(force=True)["errors"].keys() == errors


def test_a_body_that_is_no_json(toy: House) -> None:
    answer = toy.client("administrator@all").post(
        "/exchange/api/v1/things", data="{", content_type="application/json"
    )

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
