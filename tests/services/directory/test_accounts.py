"""Accounts, links that work once, and the key behind the tokens."""

import stat
import threading
from datetime import timedelta
from functools import partial

import pytest

from services.directory.accounts.commands import (
    ADMINISTRATOR,
    AT_ONCE,
    administrator,
    issue_link,
    liaison,
)
from services.directory.accounts.model import SignInLink
from services.directory.keys.commands import adopt_key
from services.directory.keys.model import SigningKey, signer
from services.directory.keys.queries import key_states
from services.directory.sessions.commands import use_link
from shared.auth.keys import trusted
from shared.auth.tokens import verify
from shared.contracts.directory import KeyChanged
from shared.db import Transaction
from shared.errors import NotFound, Refusal, TongxingError, Unavailable
from shared.ids import named, uuid7
from tests.builders import DELINGHA, House


def link(house: House) -> str:
    return house.database.run(
        lambda tx: issue_link(tx, account=administrator(tx), lasts=AT_ONCE), actor="service:directory"
    )


def use(house: House, secret: str) -> str:
    return house.database.run(lambda tx: use_link(tx, secret=secret).name, actor="link:sign-in")


def test_a_link_signs_in_once(directory: House) -> None:
    secret = link(directory)

    assert use(directory, secret) == "管理员"
    with pytest.raises(Refusal, match="used already"):
        use(directory, secret)


def test_a_link_expires(directory: House) -> None:
    secret = link(directory)
    directory.clock.move(AT_ONCE)

    with pytest.raises(Refusal, match="expired"):
        use(directory, secret)


def test_a_made_up_link_is_none(directory: House) -> None:
    with pytest.raises(NotFound, match="not valid"):
        use(directory, "guessed")


def test_of_two_who_click_at_once_one_signs_in(either: House) -> None:
    secret = link(either)
    together, answers = threading.Barrier(4), []

    def click() -> None:
        together.wait()
        try:
            answers.append(use(either, secret))
        except TongxingError as error:
            answers.append(str(error))

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == sorted(
        ["管理员"] + ["This link was used already. Ask the administrator for a new one."] * 3
    )


def test_the_secret_is_kept_nowhere(directory: House) -> None:
    secret = link(directory)
    with directory.database.reading() as db:
        kept = db.query(SignInLink).one()

    assert secret not in vars(kept).values()
    assert len(kept.secret_hash) == 64


def test_asking_again_gives_the_same_account(directory: House) -> None:
    def ask(tx: Transaction) -> tuple[object, object]:
        return administrator(tx).id, liaison(tx, school_id=DELINGHA, school_name="德令哈市第一小学").id

    first = directory.database.run(ask, actor="service:directory")
    again = directory.database.run(ask, actor="service:directory")

    assert first == again == (ADMINISTRATOR, named("liaison", str(DELINGHA)))


def test_the_signing_key_is_made_once_readable_by_its_owner_alone_and_published(directory: House) -> None:
    path = directory.runtime.settings.signing_key

    def sign(tx: Transaction) -> str:
        return signer(tx, path).sign(administrator(tx).principal(), session=uuid7(), now=tx.now)

    before = len(directory.said())
    tokens = [directory.database.run(sign, actor="service:directory") for _ in range(2)]
    (said,) = directory.said()[before:]

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert isinstance(said, KeyChanged)
    assert "d" not in said.jwk  # the private half
    with directory.database.reading() as db:
        assert list(key_states(db)) == [said]
    keys = [directory.client().get("/directory/.well-known/jwks.json").json]
    assert [key["kid"] for key in keys[0]["keys"]] == [said.key_id]  # type: ignore[index]
    with directory.database.reading() as db:
        for token in tokens:
            assert verify(token, trusted(db), now=directory.clock()).account == ADMINISTRATOR


def test_a_damaged_key_file_is_a_sentence(directory: House) -> None:
    path = directory.runtime.settings.signing_key
    path.write_text("no key")

    with pytest.raises(Unavailable, match="cannot be read"):
        directory.database.run(lambda tx: signer(tx, path), actor="service:directory")


def test_a_restored_database_adopts_newer_keys_only(directory: House) -> None:
    newer = KeyChanged(key_id="k", version=2, jwk={"kty": "OKP"}, retired=True)
    older = KeyChanged(key_id="k", version=1, jwk={"kty": "OKP"}, retired=False)

    for event in (newer, older):
        directory.database.run(partial(adopt_key, event=event), actor="service:directory")

    with directory.database.reading() as db:
        kept = db.get(SigningKey, "k")
        assert kept is not None
        assert kept.state() == newer


def test_a_link_outlives_a_clock_that_moves_a_little(directory: House) -> None:
    secret = link(directory)
    directory.clock.move(AT_ONCE - timedelta(seconds=1))

    assert use(directory, secret) == "管理员"
