"""The first page of resources: it starts empty, verifies sign-ins, and says what comes next."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.resources.app import service
from shared.db.migrations import pending
from tests.builders import House, house, new_key, published


@pytest.fixture
def resources(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        yield made


def test_it_is_migrated(resources: House) -> None:
    assert pending(resources.database.engine, service.package) == []


@pytest.mark.parametrize(
    ("language", "title", "says"),
    [
        ("zh", "资源与场地", "还没有可用的课程和教案"),
        ("en", "Resources", "There is nothing to teach with yet"),
    ],
)
def test_its_page_says_that_nothing_is_here_yet(
    resources: House, language: str, title: str, says: str
) -> None:
    answer = resources.client("teacher@school:0197a000-0000-7000-8000-000000000009", language=language).get(
        "/resources/"
    )

    assert answer.status_code == 200
    assert f"<h1>{title}</h1>" in answer.text
    assert says in answer.text.split('class="empty"')[1]


def test_it_trusts_a_key_that_it_has_heard_of(resources: House) -> None:
    resources.key = new_key()
    assert (
        resources.client("teacher@school:0197a000-0000-7000-8000-000000000009").get("/resources/").status_code
        == 303
    )

    resources.hear(published(resources.key))

    assert (
        resources.client("teacher@school:0197a000-0000-7000-8000-000000000009").get("/resources/").status_code
        == 200
    )
