"""Grants and scopes: who covers what."""

from uuid import UUID

import pytest

from shared.auth import Grant, covers
from shared.auth.grants import significant
from tests.builders import DELINGHA, GOLMUD, who


@pytest.mark.parametrize(
    ("region", "shared_by_all_below"),
    [
        ("630000", "63"),
        ("632800", "6328"),
        ("632801", "632801"),
        ("520502", "520502"),
        ("530600", "5306"),
        ("631000", "6310"),
    ],
)
def test_what_the_codes_below_a_region_share(region: str, shared_by_all_below: str) -> None:
    assert significant(region) == shared_by_all_below


@pytest.mark.parametrize(
    ("scope", "region", "school", "answer"),
    [
        ("all", None, None, True),
        ("all", "520502", None, True),
        ("region:630000", "632801", None, True),
        ("region:632800", "632800", None, True),
        ("region:632800", "632801", None, True),
        ("region:632800", "632700", None, False),
        ("region:632801", "632800", None, False),
        ("region:632800", None, None, False),
        ("school:a", "632801", "a", True),
        ("school:a", "632801", "b", False),
        ("school:a", "632801", None, False),
        ("group:a", "632801", "a", False),
        ("", "632801", "a", False),
    ],
)
def test_covers(scope: str, region: str | None, school: str | None, *, answer: bool) -> None:
    assert covers(scope, region=region, school=school) is answer


def test_a_grant_is_read_as_it_was_written() -> None:
    grant = Grant("coordinator", "region:632800")

    assert Grant.parse(str(grant)) == grant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "coordinator",
        "coordinator@",
        "coordinator@:",
        "@all",
        "king@all",
        "region:632800",
        "administrator@all:",
        "administrator@all:x",
        "coordinator@region:",
        "coordinator@region:63280%",
        "liaison@school:1",
        "liaison@group",
    ],
)
def test_what_is_no_grant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no grant"):
        Grant.parse(text)


def test_a_scope_of_a_kind_that_is_newer_covers_nothing() -> None:
    grant = Grant.parse("coordinator@group:haixi")

    assert not covers(grant.scope, region="632801", school="a")


def test_a_principal_knows_its_schools_and_scopes() -> None:
    asks = who(f"liaison@school:{GOLMUD}", f"teacher@school:{DELINGHA}", "coordinator@region:632800")

    assert asks.schools == {GOLMUD}
    assert asks.scopes("coordinator", "teacher") == {"region:632800", f"school:{DELINGHA}"}
    assert asks.actor == f"account:{UUID('0197a000-0000-7000-8000-000000000001')}"
