"""What the drills stand on: that a fault would be counted, and that there is a next version to upgrade to."""

import ast
from pathlib import Path

import pytest

from tests.drills.count import CANCELLED, RELEASED, Sent, Tally, Told, tally
from tests.drills.next import overlay

A, B, B_CANCELLED, C = Sent("a", RELEASED), Sent("b", RELEASED), Sent("b", CANCELLED), Sent("c", RELEASED)
SENT = [A, B, C, B_CANCELLED]


def arrived(*notices: Sent, shown: list[int] | None = None, schools: int = 2) -> list[Told]:
    """They were told in this order. shown: the places in which inboxes show them, if others."""
    places = shown or list(range(1, len(notices) + 1))
    return [
        Told(sent, seq, place, schools)
        for seq, (sent, place) in enumerate(zip(notices, places, strict=True), 1)
    ]


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        (arrived(A, B, C, B_CANCELLED), (0, 0, 0)),
        # Sessions arrive in any order, if only inboxes show them in that of what happened.
        (arrived(C, B, B_CANCELLED, A, shown=[3, 2, 4, 1]), (0, 0, 0)),
        (arrived(C, B, B_CANCELLED, A), (0, 0, 3)),
        (arrived(A, B_CANCELLED, B, C, shown=[1, 4, 2, 3]), (0, 0, 1)),
        (arrived(A, C, B_CANCELLED), (1, 0, 0)),
        (arrived(A, B, C, B_CANCELLED, schools=1), (4, 0, 0)),
        (arrived(A, B, C, B_CANCELLED, A), (0, 1, 0)),
        (arrived(), (4, 0, 0)),
        ([*arrived(A, B, C, B_CANCELLED), Told(Sent("x", RELEASED), 9, 9, 2)], (0, 0, 0)),
    ],
)
def test_every_fault_is_counted(told: list[Told], faults: tuple[int, int, int]) -> None:
    lost, doubled, disordered = faults

    assert tally(SENT, told, invited=2) == Tally(sent=4, lost=lost, doubled=doubled, disordered=disordered)


def test_the_next_version_fits_onto_this_checkout(tmp_path: Path) -> None:
    overlay.lay_out(tmp_path)

    for path, _, addition in overlay.EDITS:
        text = (tmp_path / path).read_text()
        assert addition in text
        ast.parse(text)
    assert "HEAD" not in (tmp_path / "services/scheduling/migrations/9000_remark.py").read_text()
