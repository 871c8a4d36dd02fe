"""A process that dies at a given point: `python -m tests.proof.victim STORY`, where STORY is JSON.

It does its part as a worker would, and at the `nth` time that it reaches `point` it gets the signal: SIGKILL
cannot be caught, and nothing is closed, flushed or said goodbye to. SIGSTOP lets it sleep where it stands.
"""

import json
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import sqlalchemy as sa

from shared.db import Database
from shared.db.migrations import migrate
from shared.events.broker import Acked, Broker, Failed, Member, Polled
from shared.events.record import Record
from tests.proof.wiring import Addresses, Wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the process does, and where it ends. role: command, relay, read or migrate. first, last: commands."""

    at: Addresses
    role: str
    point: str
    nth: int = 1
    signal: int = signal.SIGKILL
    first: int = 1
    last: int = 0

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Story":
        read: dict[str, Any] = json.loads(text)
        return cls(**read | {"at": Addresses(**read["at"])})


class Fate:
    """Counts how often the point was reached."""

    def __init__(self, story: Story) -> None:
        self._story, self._left = story, story.nth

    def reached(self, point: str) -> None:
        if point == self._story.point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), self._story.signal)


class FatedBroker:
    """A real broker with kill points inside: in the middle of a batch, after the send, at a rebalance."""

    def __init__(self, broker: Broker, fate: Fate) -> None:
        self._broker, self._fate = broker, fate

    def __getattr__(self, name: str) -> object:
        return getattr(self._broker, name)

    def publish(self, records: Sequence[Record]) -> list[Acked | Failed]:
        half = len(records) // 2
        answers = self._broker.publish(records[:half])
        self._fate.reached("half sent")
        answers += self._broker.publish(records[half:])
        self._fate.reached("sent")
        return answers

    def join(self, *, group: str, topics: Iterable[str]) -> Member:
        return cast("Member", FatedMember(self._broker.join(group=group, topics=topics), self._fate))


class FatedMember:
    """A member that may die in the poll that brings or takes partitions."""

    def __init__(self, member: Member, fate: Fate) -> None:
        self._member, self._fate = member, fate

    def __getattr__(self, name: str) -> object:
        return getattr(self._member, name)

    def poll(self, *, timeout: float, limit: int) -> Polled:
        polled = self._member.poll(timeout=timeout, limit=limit)
        if polled.revoked:
            self._fate.reached("rebalanced")
        return polled


def play(story: Story) -> None:
    """Do the role for as long as the fate allows."""
    fate = Fate(story)
    wiring = Wiring(story.at, reached=fate.reached, around=lambda one: cast("Broker", FatedBroker(one, fate)))
    match story.role:
        case "command":
            for number in range(story.first, story.last + 1):
                wiring.command(number)
        case "relay":
            while True:
                wiring.toys_relay.step()
        case "read":
            while True:
                wiring.reader.step(timeout=0.1)
        case "migrate":
            _migrate(wiring.shelf, fate)


def _migrate(database: Database, fate: Fate) -> None:
    @sa.event.listens_for(database.engine, "after_cursor_execute")
    def _executed(*_arguments: object) -> None:
        fate.reached("statement")

    migrate(database.engine, "tests.proof.toys")


if __name__ == "__main__":
    play(Story.from_json(sys.argv[1]))
    sys.exit("The victim has survived.")
