"""What looks like a secret does not reach the log."""

import pytest

from shared.observe.masking import mask, masked_text


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("postgresql://exchange:hunter2@db:5432/exchange", "postgresql://exchange:***@db:5432/exchange"),
        ("two postgresql+psycopg://a:p@ss@db/x and kafka", "two postgresql+psycopg://a:***@db/x and kafka"),
        ("GET /x?access_token=abc.def&page=2", "GET /x?access_token=***&page=2"),
        ("host=db user=u password=hunter2 port=5432", "host=db user=u password=*** port=5432"),
        ("Authorization: Bearer abcdefghijkl", "Authorization: Bearer ***"),
        ("body {'password': 'hunter2', 'name': 'x'}", "body {'password': '***', 'name': 'x'}"),
        ("/sign-in/eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln ok", "/sign-in/*** ok"),
        ("[parameters: ('argon2id$v=19$x', 'A')]\n(Background", "[parameters: ***\n(Background"),
        ("http://127.0.0.1:8000/scheduling@x", "http://127.0.0.1:8000/scheduling@x"),
        ("a session token was refused", "a session token was refused"),
    ],
)
def test_secrets_in_texts(said: str, logged: str) -> None:
    assert masked_text(said) == logged


def test_values_under_telling_names_are_hidden_however_deep() -> None:
    line = {
        "event": "Signed in.",
        "Authorization": "Basic xyz",
        "headers": {"Cookie": "sid=1", "accept": "text/html"},
        "accounts": [{"new_password": "x", "name": "梁老师"}],
        "token": None,
        "attempts": 3,
        "tried": ("password=hunter2",),
    }
    assert mask(None, "info", line) == {
        "event": "Signed in.",
        "Authorization": "***",
        "headers": {"Cookie": "***", "accept": "text/html"},
        "accounts": [{"new_password": "***", "name": "梁老师"}],
        "token": None,
        "attempts": 3,
        "tried": ["password=***"],
    }
