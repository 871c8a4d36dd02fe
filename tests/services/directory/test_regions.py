"""The tree of GB/T 2260, and regions of the register."""

from functools import partial

import pytest

from services.directory.regions.commands import enter_of_standard, enter_region
from services.directory.regions.policies import Node, ancestry, below, called, level_of, like, parent_of, tree
from shared.contracts.directory import RegionChanged
from shared.errors import Forbidden, Invalid
from tests.builders import House


def test_the_tree_is_whole() -> None:
    nodes = tree()

    # Three prefectures without counties (Dongguan, Zhongshan, Danzhou) are counted at one level only.
    assert [sum(n.level == level for n in nodes.values()) for level in ("province", "prefecture")] == [
        31,
        342,
    ]
    assert len(nodes) == 3348
    assert {node.parent_code for node in nodes.values()} - {None} <= nodes.keys()
    assert nodes["632802"] == Node("632802", "德令哈市", "county", "632800")


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [("630000", "province", None), ("632800", "prefecture", "630000"), ("632801", "county", "632800")],
)
def test_a_code_says_where_it_stands(code: str, level: str, parent: str | None) -> None:
    assert (level_of(code), parent_of(code)) == (level, parent)


def test_what_lies_above_comes_from_the_top() -> None:
    assert [node.name for node in ancestry("632801")] == ["青海省", "海西蒙古族藏族自治州"]


def test_a_region_is_found_by_what_people_call_it() -> None:
    assert [node.code for node in called("海西")] == ["632800"]
    assert len(called("鼓楼区")) > 1  # never guessed
    assert [node.code for node in called("鼓楼区", within="320100")] == ["320106"]
    assert called("海") == ()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("海西", "632800"),
        ("632801", "632801"),
        ("6328", "632800"),
        ("青海", "630000"),
        ("格尔木", "632801"),
        ("", None),
        ("没有这个地方", None),
    ],
)
def test_a_region_is_offered_by_a_part_of_its_name_or_code(words: str, first: str | None) -> None:
    assert next((node.code for node in like(words)), None) == first


def test_a_prefecture_is_added_with_its_counties_and_twice_changes_nothing(either: House) -> None:
    add = partial(enter_of_standard, code="632800", scopes=["all"])
    either.database.run(partial(add, with_below=False), actor="service:test")
    either.database.run(partial(add, with_below=True), actor="service:test")
    either.database.run(partial(add, with_below=True), actor="service:test")

    said = [event.code for event in either.said() if isinstance(event, RegionChanged)]
    assert said == ["630000", "632800", *(node.code for node in below("632800"))]
    assert "632801" in said


def test_regions_are_added_by_who_looks_after_everything_and_of_the_standard_alone(either: House) -> None:
    for code, scopes, refusal in (("632800", ["region:630000"], Forbidden), ("999999", ["all"], Invalid)):
        with pytest.raises(refusal):
            either.database.run(
                partial(enter_of_standard, code=code, with_below=True, scopes=scopes), actor="service:test"
            )


def test_entering_a_county_enters_what_it_lies_in_once(either: House) -> None:
    for code in ("632801", "632802", "632801"):
        either.database.run(partial(enter_region, code=code), actor="service:test")

    said = [event for event in either.said() if isinstance(event, RegionChanged)]
    assert [(event.code, event.name, event.version) for event in said] == [
        ("630000", "青海省", 1),
        ("632800", "海西蒙古族藏族自治州", 1),
        ("632801", "格尔木市", 1),
        ("632802", "德令哈市", 1),
    ]
