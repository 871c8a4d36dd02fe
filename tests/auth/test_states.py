"""What has become of accounts: refused, signed out and with other grants within seconds, in every service."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.exchange.app import service
from shared.auth.states import AccountStates, person_of
from shared.auth.tokens import GRACE, Signer
from shared.contracts.directory import AccountChanged
from shared.ids import uuid7
from tests.builders import SOMEBODY, House, house, who

SESSION = uuid7()


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        yield made


def changed(
    exchange: House,
    *,
    version: int = 1,
    enabled: bool = True,
    out: timedelta | None = None,
    ended: tuple[UUID, ...] = (),
    grants: tuple[str, ...] = ("administrator@all",),
) -> None:
    exchange.hear(
        AccountChanged(
            account_id=SOMEBODY,
            version=version,
            enabled=enabled,
            grants=grants,
            signed_out_before=None if out is None else exchange.clock() + out,
            ended_sessions=ended,
        )
    )


def opens(exchange: House) -> bool:
    client = exchange.client()
    token = Signer(exchange.key).sign(who("administrator@all"), session=SESSION, now=exchange.clock())
    client.set_cookie("tongxing", token)
    return client.get("/exchange/").status_code == 200


def test_an_account_that_nobody_has_heard_of_is_as_its_token_says(exchange: House) -> None:
    assert opens(exchange)


def test_a_disabled_account_is_refused_and_may_come_back(exchange: House) -> None:
    changed(exchange, enabled=False)
    assert not opens(exchange)
    changed(exchange, version=2)
    assert opens(exchange)
    changed(exchange, version=1, enabled=False)  # comes again
    assert opens(exchange)


def test_signed_out_everywhere(exchange: House) -> None:
    changed(exchange, out=timedelta(milliseconds=1))
    assert not opens(exchange)
    changed(exchange, version=2, out=timedelta(0))
    assert opens(exchange)  # signed at that very moment: the next sign-in


def test_one_session_has_ended(exchange: House) -> None:
    changed(exchange, ended=(uuid7(),))
    assert opens(exchange)
    changed(exchange, version=2, ended=(SESSION,))
    assert not opens(exchange)


def test_a_revoked_token_is_not_honoured_while_directory_is_away(exchange: House) -> None:
    client = exchange.client("administrator@all")
    changed(exchange, enabled=False)
    exchange.clock.move(GRACE)

    answer = client.get("/exchange/")

    assert (answer.status_code, answer.location) == (303, "/session/renewal?next=%2Fexchange%2F")


def test_grants_are_those_that_hold_now(exchange: House) -> None:
    states = AccountStates(exchange.database)
    changed(exchange, grants=("teacher@all",))

    known = states(SOMEBODY)

    assert known is not None
    assert [str(grant) for grant in known.grants] == ["teacher@all"]


def test_a_change_is_seen_within_two_seconds(exchange: House) -> None:
    at = [0.0]
    states = AccountStates(exchange.database, monotonic=lambda: at[0])
    assert states(SOMEBODY) is None
    changed(exchange, enabled=False)
    assert states(SOMEBODY) is None

    at[0] = 2.1

    known = states(SOMEBODY)
    assert known is not None
    assert not known.enabled


def test_whose_account_it_is_is_known_also_from_a_state_that_came_before(exchange: House) -> None:
    somebody = uuid7()
    changed(exchange)  # as the release before kept it: without the person

    exchange.hear(
        AccountChanged(
            account_id=SOMEBODY, version=1, enabled=True, grants=("administrator@all",), person_id=somebody
        )
    )

    with exchange.database.reading() as db:
        assert person_of(db, SOMEBODY) == somebody
