"""That each mutant is killed takes minutes (`make mutants`); that its patch still fits is seen at once."""

import pytest

from tests.proof.mutants.__main__ import ROOT, Mutant, applies, mutants


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_a_patch_still_applies_and_names_its_tests(mutant: Mutant) -> None:
    assert applies(mutant, to=ROOT, check=True) is None
    assert mutant.about.endswith(".")
    assert all((ROOT / test).exists() for test in mutant.tests)
