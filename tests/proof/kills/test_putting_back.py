"""Brokers that lose everything and databases that are put back to an earlier copy: all catches up by itself."""

import signal
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared.errors import Refusal
from shared.events.diverged import diverged
from tests.proof.ground import Pair
from tests.proof.kills.test_kills import healthy, start
from tests.proof.toys import model
from tests.proof.verdict import assert_exactly_once, expected_owners
from tests.proof.victim import Story
from tests.proof.wiring import Wiring, ball, until


def command(wiring: Wiring, first: int, last: int) -> None:
    for number in range(first, last + 1):
        wiring.command(number)


def test_a_broker_that_lost_everything_is_filled_again(pair: Pair) -> None:
    with healthy(pair.at) as wiring:
        command(wiring, 1, 20)
        wiring.drain()
        command(wiring, 21, 25)  # committed, and never sent to the old one
    pair.lose_broker()

    with healthy(pair.at) as wiring:
        command(wiring, 26, 30)
        wiring.drain()
        assert_exactly_once(wiring, commands=30)


def test_a_broker_that_is_made_anew_under_living_processes_gets_old_events_before_new_ones(
    pair: Pair,
) -> None:
    with healthy(pair.at) as wiring:
        command(wiring, 1, 20)
        wiring.drain()
        pair.lose_broker()
        time.sleep(1.2)  # longer than a relay trusts its last ack: nobody makes a broker anew in less

        command(wiring, 21, 25)
        wiring.drain()

        assert_exactly_once(wiring, commands=25)


def test_a_reader_put_back_to_a_copy_catches_up(pair: Pair) -> None:
    with healthy(pair.at) as wiring:
        command(wiring, 1, 10)
        wiring.drain()
    copy = pair.copy(pair.at.shelf)
    with healthy(pair.at) as wiring:
        command(wiring, 11, 30)
        wiring.drain()

    pair.put_back(pair.at.shelf, copy)

    with healthy(pair.at) as wiring:
        wiring.drain()
        assert_exactly_once(wiring, commands=30)


def test_a_publisher_put_back_to_a_copy_contradicts_nobody(pair: Pair) -> None:
    """It takes the states that compacted topics carry, and refuses changes of the rest until they are accepted."""
    with healthy(pair.at) as wiring:
        command(wiring, 1, 10)
        wiring.drain()
    copy = pair.copy(pair.at.toys)
    with healthy(pair.at) as wiring:
        command(wiring, 11, 13)
        wiring.drain()

    pair.put_back(pair.at.toys, copy)

    with healthy(pair.at) as wiring:
        until(lambda: not wiring.toys_relay.step() and bool(listed(wiring)), what="the relay has compared")
        assert listed(wiring) == {str(ball(number)) for number in (11, 12, 13)}
        with wiring.toys.reading() as db:
            assert model.owners(db) == expected_owners(13)
        with pytest.raises(Refusal):
            wiring.command(16)  # the ball of command 11
        wiring.command(14)  # a ball that nothing newer is known of
        wiring.drain()
        with wiring.shelf.reading() as db:
            assert model.owner_copies(db) == expected_owners(14)
            assert len({id_ for _, _, id_ in model.effects(db)}) == len(model.effects(db)) == 14


def test_a_member_that_slept_past_its_lease_does_nothing_twice(pair: Pair) -> None:
    with healthy(pair.at) as wiring:
        command(wiring, 1, 40)
        wiring.send()
        victim = start(Story(at=pair.at, role="read", point="consumer.polled", nth=2, signal=signal.SIGSTOP))
        until(lambda: _stopped(victim.pid), what="the victim sleeps with fetched records in its hands")
        wiring.drain()
        command(wiring, 41, 45)
        wiring.drain()

        victim.send_signal(signal.SIGCONT)

        command(wiring, 46, 60)
        wiring.toys_relay.step()
        wiring.drain()
        victim.kill()
        victim.wait()
        wiring.drain()
        assert_exactly_once(wiring, commands=60)


def test_a_relay_that_slept_past_its_lease_inverts_nothing(pair: Pair) -> None:
    with healthy(pair.at) as wiring:
        command(wiring, 1, 40)
        victim = start(Story(at=pair.at, role="relay", point="relay.read", nth=2, signal=signal.SIGSTOP))
        until(lambda: _stopped(victim.pid), what="the victim sleeps with rows in its hands")
        wiring.drain()
        command(wiring, 41, 60)
        wiring.drain()

        victim.send_signal(signal.SIGCONT)
        command(wiring, 61, 70)
        wiring.drain()

        victim.kill()
        victim.wait()
        wiring.drain()
        assert_exactly_once(wiring, commands=70)


def listed(wiring: Wiring) -> set[str]:
    with wiring.toys.reading() as db:
        return set(db.scalars(sa.select(diverged.c.key)))


def _stopped(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "T"
