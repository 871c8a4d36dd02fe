"""The tree of GB/T 2260, and regions of the register."""

from functools import partial

import pytest

from services.directory.regions.commands import enter_region
from services.directory.regions.policies import Node, ancestry, called, level_of, parent_of, tree
from shared.contracts.directory import RegionChanged
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
