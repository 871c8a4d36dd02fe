"""The scope switch: it narrows to a scope of the reader's own, and never widens."""

import pytest
from flask import g

from shared.auth import Grant, Principal
from shared.web.scopes import choices, chosen, scopes
from tests.builders import GOLMUD, SOMEBODY, House

MINE = frozenset({"region:632800", f"school:{GOLMUD}"})
TWO = Principal(
    SOMEBODY,
    (Grant(role="coordinator", scope="region:632800"), Grant(role="liaison", scope=f"school:{GOLMUD}")),
)


@pytest.mark.parametrize(
    ("cookie", "force"),
    [
        ("", MINE),
        ("region:632800", frozenset({"region:632800"})),
        ("all", MINE),
        ("region:630000", MINE),
        ("region:632801", MINE),  # lies within one's own, but was not granted
        ("'; drop table", MINE),
    ],
)
def test_only_a_scope_of_ones_own_counts(toy: House, cookie: str, force: frozenset[str]) -> None:
    with toy.app().test_request_context(headers={"Cookie": f'scope="{cookie}"'}):
        g.principal = TWO
        assert scopes() == force
        assert sum(each.chosen for each in choices()) == 1
        assert {each.scope for each in choices()} == MINE | {""}


def test_one_scope_is_no_choice_and_nobody_has_none(toy: House) -> None:
    with toy.app().test_request_context(headers={"Cookie": "scope=all"}):
        assert (choices(), chosen()) == ([], "")
