import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.directory.rosters.model import Roster
from services.directory.rosters.policies import read_roster
from tests.sheets.variants import PEOPLE, variant

KINDS = ("regions", "schools", "organisations", "groups", "people")


def meant(rows: Sequence[Any]) -> list[str]:
    """Rows without their places, in an order of their own: forms differ in both."""
    return sorted(repr(replace(row, sheet="", row=0)) for row in rows)


def read(seed: int) -> Roster:
    stream = io.BytesIO()
    variant(seed).save(stream)
    return read_roster(stream.getvalue(), filename=f"{seed}.xlsx", answers={})


@pytest.fixture(scope="module")
def today() -> Roster:
    return read(0)


def test_the_form_of_today_reads_whole(today: Roster) -> None:
    assert today.counts == {
        "regions": 3,
        "schools": 6,
        "organisations": 3,
        "groups": 2,
        "people": len(PEOPLE),
    }
    assert [problem.told().zh for problem in today.problems] == []
    assert today.unknown == ()


@pytest.mark.parametrize("seed", range(1, 41))
def test_every_form_reads_to_the_same_rows(seed: int, today: Roster) -> None:
    found = read(seed)
    assert [problem.told().zh for problem in found.problems if problem.severity != "warning"] == []
    assert found.unknown == ()
    for kind in KINDS:
        assert meant(getattr(found, kind)) == meant(getattr(today, kind)), kind
    assert found.prefecture == "632800"
