"""exchange, of which nothing is installed yet: it starts, verifies sign-ins, and says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.exchange.app import service
from shared.db.migrations import pending
from tests.builders import House, house, new_key, published


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        yield made


def test_it_is_migrated_though_it_has_no_tables_of_its_own(exchange: House) -> None:
    assert pending(exchange.database.engine, service.package) == []


@pytest.mark.parametrize(
    ("language", "title", "says"),
    [("zh", "教师交流", "目前还没有任何内容"), ("en", "Exchange", "there is nothing yet")],
)
def test_its_page_says_that_nothing_is_here_yet(
    exchange: House, language: str, title: str, says: str
) -> None:
    answer = exchange.client("teacher@school:0197a000-0000-7000-8000-000000000009", language=language).get(
        "/exchange/"
    )

    assert answer.status_code == 200
    assert f"<h1>{title}</h1>" in answer.text
    assert says in answer.text.split('class="empty"')[1]


def test_it_trusts_a_key_that_it_has_heard_of(exchange: House) -> None:
    exchange.key = new_key()
    assert (
        exchange.client("teacher@school:0197a000-0000-7000-8000-000000000009").get("/exchange/").status_code
        == 303
    )

    exchange.hear(published(exchange.key))

    assert (
        exchange.client("teacher@school:0197a000-0000-7000-8000-000000000009").get("/exchange/").status_code
        == 200
    )
