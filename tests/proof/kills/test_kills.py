"""SIGKILL at every point where a crash is hardest; then a healthy process takes over and all must be there, once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from shared.db.migrations import migrate, pending, trees
from tests.proof.ground import PACKAGE, Pair
from tests.proof.toys import model
from tests.proof.verdict import assert_exactly_once
from tests.proof.victim import Story
from tests.proof.wiring import Addresses, Wiring, until

COMMANDS = 40


def dies(story: Story) -> None:
    """Play the story in a process of its own; it must die at its point, not otherwise."""
    victim = start(story)
    assert victim.wait(timeout=120) == -signal.SIGKILL


def start(story: Story) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "tests.proof.victim", story.as_json()], cwd=os.getcwd())  # noqa: PTH109


@contextmanager
def healthy(at: Addresses) -> Iterator[Wiring]:
    wiring = Wiring(at)
    yield wiring
    wiring.close()


@pytest.mark.parametrize(("point", "done"), [("before commit", 6), ("after commit", 7)])
def test_killed_around_the_commit(pair: Pair, point: str, done: int) -> None:
    dies(Story(at=pair.at, role="command", point=point, nth=7, last=COMMANDS))

    with healthy(pair.at) as wiring:
        for number in range(done + 1, COMMANDS + 1):
            wiring.command(number)
        wiring.drain()
        assert_exactly_once(wiring, commands=COMMANDS)


@pytest.mark.parametrize("point", ["relay.read", "half sent", "sent", "relay.acked", "relay.marked"])
def test_killed_while_sending(pair: Pair, point: str) -> None:
    with healthy(pair.at) as wiring:
        for number in range(1, COMMANDS + 1):
            wiring.command(number)
        dies(Story(at=pair.at, role="relay", point=point))
        for number in range(COMMANDS + 1, COMMANDS + 6):
            wiring.command(number)

        wiring.drain()

        assert_exactly_once(wiring, commands=COMMANDS + 5)


@pytest.mark.parametrize("point", ["consumer.polled", "consumer.applied", "consumer.committed"])
def test_killed_while_reading(pair: Pair, point: str) -> None:
    with healthy(pair.at) as wiring:
        for number in range(1, COMMANDS + 1):
            wiring.command(number)
        wiring.send()
        dies(Story(at=pair.at, role="read", point=point, nth=2))

        wiring.drain()

        assert_exactly_once(wiring, commands=COMMANDS)


def test_killed_in_the_middle_of_a_rebalance(pair: Pair) -> None:
    with healthy(pair.at) as wiring:
        for number in range(1, COMMANDS + 1):
            wiring.command(number)
        wiring.send()
        victim = start(Story(at=pair.at, role="read", point="rebalanced"))
        until(lambda: _has_begun(wiring), what="the victim reads")

        wiring.drain()  # our joining takes partitions from the victim, and it dies of that

        assert victim.wait(timeout=120) == -signal.SIGKILL
        for number in range(COMMANDS + 1, COMMANDS + 6):
            wiring.command(number)
        wiring.drain()
        assert_exactly_once(wiring, commands=COMMANDS + 5)


def test_killed_while_a_new_reader_reads_from_the_start(pair: Pair) -> None:
    with healthy(pair.at) as live:
        for number in range(1, COMMANDS + 1):
            live.command(number)
        live.drain()
    anew = with_reader(pair.at, database=pair.fresh_database())
    migrated(anew)

    dies(Story(at=anew, role="read", point="consumer.applied", nth=2))

    with healthy(anew) as wiring:
        wiring.drain()
        assert_exactly_once(wiring, commands=COMMANDS)


@pytest.mark.parametrize("statement", [3, 12, 25])
def test_killed_while_migrating(pair: Pair, statement: int) -> None:
    fresh = with_reader(pair.at, database=pair.fresh_database())
    dies(Story(at=fresh, role="migrate", point="statement", nth=statement))
    with healthy(fresh) as wiring:
        lacking = pending(wiring.shelf.engine, PACKAGE)
        assert len(lacking) == sum(len(list(tree.scripts().walk_revisions())) for tree in trees(PACKAGE))

        assert len(migrate(wiring.shelf.engine, PACKAGE)) == len(lacking)

        assert pending(wiring.shelf.engine, PACKAGE) == []


def with_reader(at: Addresses, *, database: str) -> Addresses:
    """The same place with another database for the reader."""
    return replace(at, shelf=database)


def migrated(at: Addresses) -> None:
    with healthy(at) as wiring:
        migrate(wiring.shelf.engine, PACKAGE)


def _has_begun(wiring: Wiring) -> bool:
    with wiring.shelf.reading() as db:
        return bool(model.effects(db))
