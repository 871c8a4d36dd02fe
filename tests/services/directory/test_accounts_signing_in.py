"""Signing in by password: right, wrong, too often, renewed, ended; and what each of these tells the other services."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.directory.accounts.commands import TO_A_SCHOOL, issue_link, open_account
from services.directory.accounts.model import Account
from services.directory.sessions.model import SESSION, SignIn
from services.directory.sessions.policies import FREE_OF_ACCOUNT, why_not_password
from shared.auth import Grant
from shared.auth.tokens import GRACE, LIFETIME
from shared.contracts.directory import AccountChanged
from shared.db import Transaction
from shared.web.signing_in import RENEWED
from tests.builders import SOMEBODY, House

PASSWORD = "three warm winters"
ADMINISTRATOR = (Grant("administrator", "all"),)


def link_for(house: House, account_id: UUID = SOMEBODY) -> str:
    def work(tx: Transaction) -> str:
        account = open_account(tx, id_=account_id, name="陈文静", grants=ADMINISTRATOR)
        return issue_link(tx, account=account, lasts=TO_A_SCHOOL, purpose="password")

    return f"/sign-in/{house.database.run(work, actor='service:test')}"


def settle(house: House, login: str = "Chen.Wenjing", password: str = PASSWORD) -> FlaskClient:
    """An account that has chosen login and password, in the browser it did so with."""
    client = house.client()
    answer = client.post(
        link_for(house),
        data={"login": login, "password": password, "again": password},
        headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0"},
    )
    assert answer.status_code == 303, answer.text
    return client


def sign_in(house: House, client: FlaskClient, password: str = PASSWORD, **more: str) -> int:
    return client.post("/sign-in", data={"login": "chen.wenjing", "password": password, **more}).status_code


def test_a_link_lets_choose_login_and_password_which_then_sign_in(either: House) -> None:
    assert settle(either).get("/account").status_code == 200

    browser = either.client()
    answer = browser.post(
        "/sign-in", data={"login": "ＣＨＥＮ.wenjing", "password": PASSWORD, "next": "/account"}
    )

    assert (answer.status_code, answer.location) == (303, "/account")
    assert "陈文静" in browser.get("/account").text
    assert all("HttpOnly" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"login": "chen", "password": "short", "again": "short"}, "至少要有 10 个字符"),
        ({"login": "chen", "password": PASSWORD, "again": "another one"}, "不一样"),
        ({"login": "x", "password": PASSWORD, "again": PASSWORD}, "登录名为 3 至 64 个字"),
        ({"login": "long-enough", "password": "long-enough", "again": "long-enough"}, "不能和登录名相同"),
        ({"login": "chen", "password": "Password123!", "again": "Password123!"}, "太常见"),
    ],
)
def test_what_is_wrong_is_said_and_the_login_stays(directory: House, data: dict[str, str], said: str) -> None:
    path, browser = link_for(directory), directory.client()

    answer = browser.post(path, data=data)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{data["login"]}"' in answer.text
    assert data["password"] not in answer.text or data["password"] == data["login"]
    good = {"login": "chen", "password": PASSWORD, "again": PASSWORD}
    assert browser.post(path, data=good).status_code == 303  # the link was not spent


def test_two_accounts_have_two_logins(directory: House) -> None:
    settle(directory)
    other = UUID(int=7)

    answer = directory.client().post(
        link_for(directory, other),
        data={"login": "CHEN.wenjing", "password": PASSWORD, "again": PASSWORD},
    )

    assert answer.status_code == 422
    assert "已被使用" in answer.text


def test_a_wrong_password_and_no_such_login_get_the_same_answer(directory: House) -> None:
    settle(directory)

    pages = [
        directory.client().post("/sign-in", data={"login": login, "password": "no such thing"})
        for login in ("chen.wenjing", "zhao.nobody1")
    ]

    assert [page.status_code for page in pages] == [422, 422]
    assert pages[0].text.replace("chen.wenjing", "") == pages[1].text.replace("zhao.nobody1", "")


def test_who_guesses_waits_twice_as_long_each_time_whoever_it_is(either: House) -> None:
    settle(either)
    browser = either.client()
    for login in ("chen.wenjing", "zhao.nobody1"):
        tried = [
            browser.post("/sign-in", data={"login": login, "password": "wrong guess"}).status_code
            for _ in range(FREE_OF_ACCOUNT)
        ]
        assert tried == [422] * (FREE_OF_ACCOUNT - 1) + [429]

    assert sign_in(either, browser) == 429  # right, and too early
    either.clock.move(timedelta(minutes=1, seconds=1))
    assert sign_in(either, browser, "wrong guess") == 429
    answer = browser.post("/sign-in", data={"login": "chen.wenjing", "password": PASSWORD})
    assert "2 分钟" in answer.text
    either.clock.move(timedelta(minutes=2, seconds=1))
    assert sign_in(either, browser) == 303
    assert sign_in(either, browser, "wrong guess") == 422  # counted from the start again


def test_one_address_that_tries_many_logins_waits(directory: House) -> None:
    tried = [
        directory.client()
        .post(
            "/sign-in",
            data={"login": f"someone{n}", "password": "x"},
            environ_base={"REMOTE_ADDR": "192.0.2.7"},
        )
        .status_code
        for n in range(30)
    ]

    assert tried == [422] * 29 + [429]
    settle(directory)
    assert sign_in(directory, directory.client()) == 303  # from elsewhere


def test_a_token_is_renewed_without_a_word_until_the_session_is_over(directory: House) -> None:
    browser = settle(directory)
    directory.clock.move(LIFETIME / 2)
    page = browser.get("/account").text
    assert "/session/renewal.svg?" in page
    assert browser.get("/session/renewal.svg").mimetype == "image/svg+xml"
    assert "/session/renewal.svg?" not in browser.get("/account").text

    directory.clock.move(GRACE + LIFETIME + timedelta(minutes=1))
    answer = browser.get("/account", headers={"Accept": "text/html"})
    assert answer.location == "/session/renewal?next=%2Faccount"
    assert browser.get(answer.location).location == "/account"
    assert browser.get_cookie(RENEWED) is not None
    assert browser.get("/account").status_code == 200

    directory.clock.move(SESSION)
    assert browser.get(answer.location).location == "/sign-in?next=%2Faccount"
    assert browser.get_cookie("tongxing") is None


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_nobody_is_sent_elsewhere(directory: House, target: str) -> None:
    browser = settle(directory)

    assert browser.get("/session/renewal", query_string={"next": target}).location == "/"
    answer = directory.client().post(
        "/sign-in", data={"login": "chen.wenjing", "password": PASSWORD, "next": target}
    )
    assert answer.location == "/"


def test_signing_out_ends_the_session_everywhere(directory: House) -> None:
    browser = settle(directory)
    copied = browser.get_cookie("tongxing")
    assert copied is not None
    browser.post("/sign-out")

    thief = directory.client()
    thief.set_cookie("tongxing", copied.value)

    assert thief.get("/account").status_code == 303
    said = [event for event in directory.said() if isinstance(event, AccountChanged)][-1]
    assert len(said.ended_sessions) == 1


def test_sign_out_everywhere(directory: House) -> None:
    first = settle(directory)
    second = directory.client()
    sign_in(directory, second)
    directory.clock.move(timedelta(seconds=1))

    second.post("/account/sign-outs")

    fresh = directory.app()
    assert fresh.test_client().get("/session/renewal").location == "/sign-in?next=%2F"
    assert first.get("/session/renewal").location == "/sign-in?next=%2F"


def test_one_device_is_signed_out(directory: House) -> None:
    first, second = settle(directory), directory.client()
    sign_in(directory, second)
    page = second.get("/account").text
    assert "Chrome · Windows" in page
    with directory.database.reading() as db:
        (session,) = db.query(SignIn).filter(SignIn.device != "").all()

    second.post(f"/account/sessions/{session.id}/end")

    assert first.get("/session/renewal").location == "/sign-in?next=%2F"
    assert second.get("/account").status_code == 200


def test_a_new_password_asks_the_old_one_and_signs_out_the_others(directory: House) -> None:
    browser, other = settle(directory), directory.client()
    sign_in(directory, other)
    directory.clock.move(timedelta(seconds=1))
    new = {"password": "four cold summers", "again": "four cold summers"}
    assert browser.post("/account/password", data={"old": "guessed it", **new}).status_code == 422

    assert browser.post("/account/password", data={"old": PASSWORD, **new}).status_code == 303

    assert browser.get("/account").status_code == 200
    assert other.get("/session/renewal").location == "/sign-in?next=%2F"
    assert sign_in(directory, directory.client()) == 422
    assert sign_in(directory, directory.client(), "four cold summers") == 303


def test_what_was_typed_in_the_profile_survives_an_error_and_html_stays_text(directory: House) -> None:
    browser = settle(directory)
    typed = {"name": "<b>陈</b>", "language": "en", "phone": "10001234567", "mail": "nowhere"}

    answer = browser.post("/account", data=typed)

    assert answer.status_code == 422
    assert "&lt;b&gt;陈&lt;/b&gt;" in answer.text
    assert "10001234567" in answer.text
    assert browser.post("/account", data={**typed, "mail": "Chen@example.org"}).status_code == 303
    assert "&lt;b&gt;陈&lt;/b&gt;" in browser.get("/account").text
    with directory.database.reading() as db:
        account = db.get(Account, SOMEBODY)
        assert account is not None
        assert (account.mail, account.language) == ("chen@example.org", "en")


def test_neither_password_nor_secret_is_published_or_kept(directory: House) -> None:
    browser = settle(directory)
    secret = browser.get_cookie("tongxing_session", path="/session")
    assert secret is not None
    with directory.database.reading() as db:
        account = db.get(Account, SOMEBODY)
        assert account is not None
        kept = f"{vars(account)} {vars(db.query(SignIn).one())} {directory.said()}"

    assert PASSWORD not in kept
    assert secret.value not in kept
    assert str(account.password_hash).startswith("$argon2id$")


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("correct horse battery", True),
        ("春风又绿江南岸明月何时照我还", True),
        ("aaaaaaaaaaaa", False),
        ("1234567890", False),
    ],
)
def test_what_is_a_password(password: str, *, good: bool) -> None:
    assert (why_not_password(password, login="chen") is None) == good
