"""The copy of the keys: applied by version, trusted until retired, read again soon."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from services.exchange.app import service
from shared.auth.keys import Keys, keep_key, trusted
from shared.contracts.directory import KeyChanged
from tests.builders import House, house, new_key, published


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        yield made


def keep(exchange: House, *events: KeyChanged) -> None:
    for event in events:
        exchange.database.run(partial(keep_key, event=event), actor="service:test")


def ids(exchange: House) -> set[str | None]:
    with exchange.database.reading() as db:
        return {key.kid for key in trusted(db)}


def test_a_retired_key_is_trusted_no_more(exchange: House) -> None:
    key = new_key()

    keep(exchange, published(key))
    assert ids(exchange) == {exchange.key.kid, key.kid}

    keep(exchange, published(key, version=2, retired=True))
    assert ids(exchange) == {exchange.key.kid}


def test_an_older_state_that_comes_again_changes_nothing(exchange: House) -> None:
    key = new_key()

    keep(exchange, published(key, version=2, retired=True), published(key), published(key, version=2))

    assert ids(exchange) == {exchange.key.kid}


def test_a_new_key_is_trusted_within_two_seconds(exchange: House) -> None:
    at = [0.0]
    keys = Keys(exchange.database, monotonic=lambda: at[0])
    assert [key.kid for key in keys()] == [exchange.key.kid]

    new = new_key()
    keep(exchange, published(new))
    assert len(keys()) == 1
    at[0] = 2.1
    assert {key.kid for key in keys()} == {exchange.key.kid, new.kid}
