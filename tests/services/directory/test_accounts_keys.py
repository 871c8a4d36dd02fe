"""Another key takes over and a stolen one is retired, without signing anybody else out."""

from pathlib import Path

import pytest

from services.directory.accounts.commands import AT_ONCE, administrator, issue_link
from services.directory.keys.commands import OVER, retire, retire_replaced, rotate
from services.directory.keys.model import SigningKey, key_in, signer
from shared.auth.tokens import Signer
from shared.db import Transaction
from shared.errors import NotFound, Unavailable
from shared.ids import uuid7
from tests.builders import House, who


def rotated(house: House) -> str:
    return rotate(
        house.database, house.runtime.settings.signing_key, actor="operator:test", sleep=lambda _: None
    )


def signed_in(house: House) -> str:
    """A browser's path of a link that was made with the present key published."""

    def work(tx: Transaction) -> str:
        signer(tx, house.runtime.settings.signing_key)
        return issue_link(tx, account=administrator(tx), lasts=AT_ONCE)

    return f"/sign-in/{house.database.run(work, actor='service:test')}"


def test_a_new_key_signs_and_the_old_one_verifies_until_its_tokens_are_over(directory: House) -> None:
    path = directory.runtime.settings.signing_key
    browser = directory.client()
    browser.post(signed_in(directory))
    old = str(key_in(path).kid)

    new = rotated(directory)

    assert (str(key_in(path).kid), path.stat().st_mode & 0o777) == (new, 0o600)
    assert browser.get("/account").status_code == 200
    later = directory.client()
    later.post(signed_in(directory))
    assert later.get("/account").status_code == 200
    directory.database.run(retire_replaced, actor="service:directory")
    assert not row(directory, old).retired
    directory.clock.move(OVER)
    directory.database.run(retire_replaced, actor="service:directory")
    assert row(directory, old).retired
    assert not row(directory, new).retired


def test_a_new_key_is_known_before_it_signs(directory: House) -> None:
    path = directory.runtime.settings.signing_key
    old = key_in(path).kid
    seen = []

    def meanwhile(_seconds: float) -> None:
        with directory.database.reading() as db:
            seen.append((key_in(path).kid == old, db.query(SigningKey).count()))

    rotate(directory.database, path, actor="operator:test", sleep=meanwhile)

    assert seen == [(True, 2)]


def test_a_stolen_key_opens_nothing_and_signs_nobody_else_out(directory: House) -> None:
    path = directory.runtime.settings.signing_key
    browser = directory.client()
    browser.post(signed_in(directory))
    stolen = key_in(path)
    rotated(directory)
    directory.database.run(lambda tx: retire(tx, key_id=str(stolen.kid)), actor="operator:test")

    thief = directory.client()
    thief.set_cookie(
        "tongxing",
        Signer(stolen).sign(who("administrator@all"), session=uuid7(), now=directory.clock()),
    )
    assert thief.get("/directory/accounts").status_code == 303
    assert thief.get("/session/renewal").location == "/sign-in?next=%2F"

    app = directory.app()  # the other process, which has read the keys anew
    with app.test_client() as fresh:
        for name, where in (("tongxing", "/"), ("tongxing_session", "/session")):
            cookie = browser.get_cookie(name, path=where)
            assert cookie is not None
            fresh.set_cookie(name, cookie.value, path=where)
        assert fresh.get("/account").location == "/session/renewal?next=%2Faccount"
        assert fresh.get("/session/renewal?next=%2Faccount").location == "/account"


def test_a_key_that_was_retired_signs_nothing(directory: House) -> None:
    path = directory.runtime.settings.signing_key
    directory.database.run(lambda tx: signer(tx, path), actor="service:test")
    directory.database.run(lambda tx: retire(tx, key_id=str(key_in(path).kid)), actor="operator:test")

    with pytest.raises(Unavailable, match="rotate-key"):
        directory.database.run(lambda tx: signer(tx, path), actor="service:test")
    with pytest.raises(NotFound, match="no key called"):
        directory.database.run(lambda tx: retire(tx, key_id="x"), actor="operator:test")


def test_where_the_file_cannot_be_replaced_the_old_key_goes_on(directory: House) -> None:
    path = directory.runtime.settings.signing_key
    old = key_in(path).kid

    def gone(_seconds: float) -> None:
        next(Path(path.parent).glob(f"{path.name}.*")).unlink()

    with pytest.raises(Unavailable, match="cannot be replaced"):
        rotate(directory.database, path, actor="operator:test", sleep=gone)

    assert key_in(path).kid == old


def row(directory: House, key_id: str) -> SigningKey:
    with directory.database.reading() as db:
        found = db.get(SigningKey, key_id)
        assert found is not None
        return found
