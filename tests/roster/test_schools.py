"""The copy of the schools: applied by version, asked in one query."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from services.notifications.app import service
from shared.contracts.directory import SchoolChanged
from shared.roster import School, keep_school, schools_in
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, counted, house, school, three_schools


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        yield made


def keep(copy: House, *events: SchoolChanged) -> None:
    for event in events:
        copy.database.run(partial(keep_school, event=event), actor="service:test")


def found(copy: House, *scopes: str) -> list[School]:
    with copy.database.reading() as db:
        return schools_in(db, scopes)


def test_a_school_is_kept_as_it_is_now(copy: House) -> None:
    keep(copy, school())
    assert found(copy, "all") == [
        School(
            id=GOLMUD,
            code="3632801001",
            name="格尔木市第一中学",
            name_en="Golmud No. 1 Middle School",
            region_code="632801",
            region_name="格尔木市",
        )
    ]

    keep(copy, school(version=3, name="格尔木市实验中学"))
    assert [one.name for one in found(copy, "all")] == ["格尔木市实验中学"]


def test_older_and_equal_states_change_nothing(copy: House) -> None:
    keep(copy, school(version=2, name="新名"), school(version=1, name="旧名"), school(version=2, name="又名"))

    assert [one.name for one in found(copy, "all")] == ["新名"]


@pytest.mark.parametrize(
    ("scopes", "schools"),
    [
        ([], []),
        (["all"], [PARTNER, GOLMUD, DELINGHA]),
        (["region:630000"], [GOLMUD, DELINGHA]),
        (["region:632800"], [GOLMUD, DELINGHA]),
        (["region:632801"], [GOLMUD]),
        (["region:632801", "region:520000"], [PARTNER, GOLMUD]),
        ([f"school:{DELINGHA}"], [DELINGHA]),
        (["group:haixi"], []),
        (["region:6328%"], []),
    ],
)
def test_which_schools_lie_in_a_scope(copy: House, scopes: list[str], schools: list[object]) -> None:
    keep(copy, *three_schools())

    with counted(copy.database) as sent:
        assert [one.id for one in found(copy, *scopes)] == schools
    assert len(sent) == 1
