"""A pause ends, at whatever moment of a poll its time is up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from shared.events.broker import Broker, Member, Polled
from shared.events.membership import Membership
from tests.events.box import Box, opened, step
from tests.proof.toys.contracts import BALLS

PAUSE = timedelta(seconds=1)


@dataclass
class Waiting:
    """A broker whose members wait while they poll. seconds: for how long, by the box's clock."""

    box: Box
    seconds: float = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.box.broker, name)

    def join(self, *, group: str, topics: Sequence[str]) -> Member:
        return cast("Member", WaitingMember(self, self.box.embedded.join(group=group, topics=topics)))


@dataclass
class WaitingMember:
    broker: Waiting
    member: Member

    def __getattr__(self, name: str) -> object:
        return getattr(self.member, name)

    def poll(self, *, timeout: float, limit: int) -> Polled:
        polled = self.member.poll(timeout=timeout, limit=limit)
        self.broker.box.pass_time(self.broker.seconds)
        return polled


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with opened(tmp_path) as one:
        yield one


def polled(membership: Membership) -> int:
    """How many records came."""
    return sum(len(stretch.records) for stretch in membership.poll(timeout=0, limit=10))


@pytest.mark.parametrize(
    ("between", "within"),
    [
        pytest.param(2.0, 0.0, id="between two polls"),
        pytest.param(0.0, 2.0, id="while the first poll waits"),
        pytest.param(0.0, 0.6, id="while the second poll waits"),
        pytest.param(0.3, 0.3, id="here and there"),
    ],
)
def test_a_pause_ends_whenever_its_time_is_up(box: Box, between: float, within: float) -> None:
    broker = Waiting(box)
    membership = Membership(
        box.database, cast("Broker", broker), consumer="shelf", topics=[BALLS.name], probe=PAUSE
    )
    for number in range(3):
        box.roll(number)
    step(box.relay())
    assert sum(polled(membership) for _ in range(4)) == 3

    # The database was away: nothing of this was kept, and all of it has to come again.
    membership.rewind(PAUSE)
    broker.seconds, came = within, 0
    for _ in range(6):
        box.pass_time(between)
        came += polled(membership)

    assert came == 3
