"""The verdict on numbers, to the person; and the coefficient of variation, by the document's own example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.exchange.balance.model import SchoolStage
from services.exchange.balance.policies import coefficient, coefficients
from services.exchange.compliance.policies import Figures, shares, verdict
from services.exchange.rules.model import RegionRules


@pytest.mark.parametrize(
    ("eligible", "exchanged", "backbone", "answers", "lacks"),
    [
        (100, 10, 2, ("met", "met", "met"), (0, 0)),
        (101, 10, 2, ("missed", "met", "missed"), (1, 0)),
        (100, 11, 2, ("met", "missed", "missed"), (0, 1)),
        (0, 0, 0, ("not_applicable", "not_applicable", "not_applicable"), (0, 0)),
        (50, 0, 0, ("missed", "not_applicable", "missed"), (5, 0)),
        (9, 1, 1, ("met", "met", "met"), (0, 0)),
    ],
)
def test_not_less_than_is_exact(
    eligible: int, exchanged: int, backbone: int, answers: tuple[str, str, str], lacks: tuple[int, int]
) -> None:
    found = verdict(Figures(eligible=eligible, exchanged=exchanged, backbone=backbone), RegionRules())

    assert (found.exchanged.answer, found.backbone.answer, found.answer) == answers
    assert (found.exchanged.lacks, found.backbone.lacks) == lacks


def test_anhui_asks_of_the_eligible_instead() -> None:
    figures = Figures(eligible=50, eligible_backbone=10, exchanged=10, backbone=2)

    answers = [
        (share.part, share.whole, share.answer)
        for of in ("exchanged", "eligible", "eligible_backbone")
        for share in [shares(figures, RegionRules(backbone_of=of))[1]]
    ]

    assert answers == [(2, 10, "met"), (2, 50, "missed"), (2, 10, "met")]


@given(
    eligible=st.integers(0, 3_000),
    exchanged=st.integers(0, 400),
    backbone=st.integers(0, 400),
    wanted=st.tuples(st.integers(0, 99), st.integers(0, 99)),
)
def test_what_is_lacking_is_the_fewest_people_that_meet_the_rule(
    eligible: int, exchanged: int, backbone: int, wanted: tuple[int, int]
) -> None:
    exchanged, backbone = min(exchanged, eligible), min(backbone, exchanged, eligible)
    rules = RegionRules(exchanged_share=wanted[0], backbone_share=wanted[1])
    first, second = shares(Figures(eligible=eligible, exchanged=exchanged, backbone=backbone), rules)

    if eligible:
        fewest = next(n for n in range(eligible + 1) if (exchanged + n) / eligible >= wanted[0] / 100 - 1e-12)
        assert first.lacks == fewest
        assert (first.answer == "met") == (fewest == 0)
    if exchanged:
        some = next(n for n in range(50_000) if (backbone + n) * 100 >= wanted[1] * (exchanged + n))
        assert second.lacks == some


def test_the_golden_vector_of_the_document() -> None:
    books, pupils = (279, 137, 935, 160, 402), (45, 37, 89, 76, 55)

    found = coefficient(list(zip(books, pupils, strict=True)))

    assert found is not None
    mean, deviation, variation = found
    assert (round(mean, 3), round(deviation, 3), round(variation, 4)) == (6.334, 3.264, 0.5153)


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 3_000)), min_size=1, max_size=30),
    st.integers(2, 9),
)
def test_the_coefficient_knows_no_unit_and_a_school_is_as_good_as_its_halves(
    parts: list[tuple[int, int]], times: int
) -> None:
    found = coefficient(parts)

    if sum(each for each, _ in parts) == 0:
        assert found is None
        return
    assert found is not None
    scaled = coefficient([(each * times, pupils) for each, pupils in parts])
    doubled = coefficient([*parts, *parts])
    assert scaled is not None
    assert doubled is not None
    assert scaled[2] == pytest.approx(found[2], abs=1e-9)
    assert doubled[2] == pytest.approx(found[2], abs=1e-9)


def test_schools_left_out_are_not_compared_and_one_school_is_unlike_none() -> None:
    def school(name: str, pupils: int, have: int, left_out: str = "") -> SchoolStage:
        return SchoolStage(
            school_id=name, name=name, stage="primary", pupils=pupils, have=(have, 1, 1), left_out=left_out
        )

    two = coefficients(
        [school("甲", 100, 6), school("乙", 300, 6), school("丙", 0, 9, "split")], RegionRules()
    )
    one = coefficients([school("甲", 100, 6)], RegionRules())

    # By hand: mean 0.03; √(¼·0.03² + ¾·0.01²) / 0.03
    assert two[0].value == pytest.approx(0.57735, abs=1e-5)
    assert (two[0].answer, two[0].schools, two[0].below) == ("missed", 2, 1)
    assert [(each.value, each.answer) for each in one] == [(None, "not_applicable")] * 3
