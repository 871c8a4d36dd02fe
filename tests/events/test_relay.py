from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shared.events.broker import Acked, Failed
from shared.events.embedded import EmbeddedBroker
from shared.events.envelope import open_envelope
from shared.events.record import Record
from tests.events.box import TOPICS, Box, locked, opened, step
from tests.proof.machine.things import ball_id
from tests.proof.toys.contracts import BALLS, OWNERS


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with opened(tmp_path) as one:
        yield one


def sent(box: Box, number: int) -> list[int]:
    """The versions of a ball in the log, in its order."""
    envelopes = [open_envelope(record) for record in box.log(BALLS.name)]
    return [one.sequence for one in envelopes if one.subject == str(ball_id(number))]


def made_anew(box: Box) -> None:
    for file in box.file.parent.glob(f"{box.file.name}*"):
        file.unlink()
    with EmbeddedBroker(box.file) as fresh:
        fresh.apply(TOPICS)


def test_a_refused_key_holds_back_only_itself_and_waits(box: Box) -> None:
    relay = box.relay()
    for _ in range(2):
        box.roll(1)
        box.roll(2)
    box.broker.next_publish = "refused"

    step(relay)

    assert (sent(box, 1), sent(box, 2)) == ([], [1, 2])
    assert relay.trouble is None
    box.roll(1)
    step(relay)
    assert sent(box, 1) == []  # its turn has not come: neither the first nor a later one is sent
    box.pass_time(2)
    step(relay)
    assert sent(box, 1) == [1, 2, 3]


def test_a_broker_that_is_away_loses_nothing_and_refuses_nobody(box: Box) -> None:
    relay = box.relay()
    box.away = True
    box.roll(1)
    step(relay)
    assert (relay.trouble is not None, box.unsent()) == (True, 1)
    box.roll(1)

    box.away = False
    box.pass_time(2)
    step(relay)

    assert (relay.trouble, box.unsent(), sent(box, 1)) == (None, 0, [1, 2])


def test_a_broker_that_went_away_during_a_batch_gets_the_rest_later(box: Box) -> None:
    relay = box.relay()
    for _ in range(3):
        box.roll(1)
        box.roll(2)
    box.broker.next_publish = "half"
    step(relay)

    box.pass_time(2)
    step(relay)

    assert (box.unsent(), sent(box, 1), sent(box, 2)) == (0, [1, 2, 3], [1, 2, 3])


def test_a_database_that_is_away_is_said_and_raises_nothing(box: Box) -> None:
    relay = box.relay()
    step(relay)
    box.roll(1)
    box.pass_time(5)  # the lease wants to be renewed

    with locked(box):
        assert relay.step() is False
        assert "database does not answer" in str(relay.trouble)

    step(relay)
    assert (sent(box, 1), relay.trouble) == ([1], None)


def test_a_relay_without_topics_is_well_again_when_its_database_is_back(box: Box) -> None:
    relay = box.relay(topics=())
    step(relay)
    box.pass_time(5)

    with locked(box):
        relay.step()
        assert "database does not answer" in str(relay.trouble)

    step(relay)
    assert relay.trouble is None


def test_relays_share_the_shards_and_take_over_from_the_dead(box: Box) -> None:
    first, second = box.relay(), box.relay()
    step(first)
    step(second)
    assert second._shards == frozenset()  # nothing is taken before a lease ends or is given back
    box.pass_time(4)
    step(first, 1)
    step(second, 1)
    box.pass_time(4)
    step(second, 1)
    assert (len(first._shards), len(second._shards)) == (8, 8)
    assert not first._shards & second._shards

    box.pass_time(11)  # the first one died
    step(second, 1)
    assert len(second._shards) == 16
    second.close()
    third = box.relay()
    step(third, 1)
    assert len(third._shards) == 16


def test_a_broker_made_anew_gets_old_events_before_new_ones(box: Box) -> None:
    relay = box.relay()
    for _ in range(3):
        box.roll(1)
    step(relay)
    made_anew(box)
    box.pass_time(2)
    box.roll(1)

    step(relay)

    assert sent(box, 1) == [1, 2, 3, 4]


def test_an_idle_relay_notices_that_the_broker_was_made_anew(box: Box) -> None:
    relay = box.relay()
    box.roll(1)
    step(relay)
    made_anew(box)

    box.pass_time(60)
    step(relay)

    assert sent(box, 1) == [1]


def test_a_broker_made_anew_with_one_topic_missing_gets_the_others(box: Box) -> None:
    relay = box.relay()
    box.roll(1)
    box.rename(1, "Lan")
    step(relay)
    made_anew(box)
    box.embedded.delete_topic(OWNERS.name)
    box.roll(1)
    box.pass_time(0.5)

    for _ in range(4):
        box.pass_time(2)
        step(relay)

    assert OWNERS.name in str(relay.trouble)
    assert set(sent(box, 1)) == {1, 2}
    box.embedded.apply(TOPICS)
    box.pass_time(2)
    step(relay)
    assert (relay.trouble, box.unsent(), len(box.log(OWNERS.name))) == (None, 0, 1)


def test_a_log_put_back_to_an_earlier_copy_gets_again_what_it_lost(box: Box) -> None:
    relay = box.relay()
    box.roll(1)
    step(relay)
    with box.embedded._session.writing() as db:
        copy = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in ("logs", "records")}  # noqa: S608
    box.roll(1)
    box.roll(1)
    step(relay)
    with box.embedded._session.writing() as db:
        for id_, _, _, _, next_ in copy["logs"]:
            db.execute("UPDATE logs SET next = ? WHERE id = ?", (next_, id_))
        db.executemany(
            "DELETE FROM records WHERE place NOT IN (?)", [(place,) for place, *_ in copy["records"]]
        )
    assert sent(box, 1) == [1]

    box.pass_time(60)
    step(relay)

    assert sent(box, 1) == [1, 2, 3]


def test_a_relay_that_lost_its_lease_while_sending_sends_the_newest_state_again(box: Box) -> None:
    asleep, other = box.relay(), box.relay()
    box.rename(1, "old")
    step(asleep, 1)
    box.rename(1, "older than the newest")
    publish = box.broker.publish

    def sleep_before(records: Sequence[Record]) -> list[Acked | Failed]:
        box.broker.publish = publish  # type: ignore[method-assign]
        box.pass_time(11)
        box.rename(1, "newest")
        step(other)
        return publish(records)

    box.broker.publish = sleep_before  # type: ignore[method-assign]
    step(asleep, 1)
    assert [_name(record.value) for record in box.log(OWNERS.name)][-1] == "older than the newest"

    box.pass_time(11)
    step(other)

    assert _name(box.log(OWNERS.name)[-1].value) == "newest"


def test_what_a_dead_relay_had_sent_is_noted_and_not_sent_again(box: Box) -> None:
    box.roll(1)
    box.broker.next_publish = "lost acks"
    step(box.relay(), 1)
    assert (sent(box, 1), box.unsent()) == ([1], 1)
    box.pass_time(11)

    step(box.relay())

    assert (sent(box, 1), box.unsent()) == ([1], 0)


def _name(value: bytes | None) -> str:
    assert value is not None
    return value.decode().split('"name":"')[1].split('"')[0]
