"""Saying events again, and forgetting them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.db import Transaction
from shared.errors import Invalid
from shared.events import retention
from shared.events.contract import Event
from shared.events.envelope import open_envelope
from shared.events.operations import deciding
from shared.events.operations.choice import Choice
from shared.events.outbox import outbox
from shared.events.record import StoredRecord
from shared.events.republish import Again, Republished, plan, republish
from tests.cli.toys import app as toys
from tests.events.standing import Standing

EVERYTHING = Again(everything=True)


def again(toy: Standing, what: Again = EVERYTHING) -> list[Republished]:
    return republish(toy.runtime.database, toy.runtime.publisher, what, actor="operator:lan")


def planned(toy: Standing, what: Again = EVERYTHING) -> dict[str, int]:
    with toy.runtime.database.reading() as db:
        return {line.topic: line.events for line in plan(db, toy.runtime.publisher, what)}


def log(toy: Standing, topic: str) -> list[StoredRecord]:
    broker = toy.runtime.broker
    spans = broker.describe([topic])[topic].spans
    return [
        record
        for partition, span in spans.items()
        for record in broker.read(topic, partition, start=span.start, limit=1_000).records
    ]


def test_nothing_is_said_again_without_saying_what(toy: Standing) -> None:
    with pytest.raises(Invalid):
        planned(toy, Again())
    with pytest.raises(Invalid):
        again(toy, Again())


def test_anothers_topic_is_not_ours_to_say(toy: Standing) -> None:
    with pytest.raises(Invalid, match=r"toys does not publish scheduling\.sessions"):
        planned(toy, Again(topic="scheduling.sessions"))


def test_events_are_sent_again_in_their_order_and_take_effect_once(toy: Standing) -> None:
    ball = toy.do(lambda tx: toys.new_ball(tx, how="first"))
    for how in ("second", "third"):
        toy.do(lambda tx, how=how: toys.roll(tx, ball_id=ball, how=how))  # type: ignore[misc]  # bound early
    toy.flow()
    assert planned(toy) == {"toys.balls": 3, "toys.boxes": 0}
    assert again(toy) == [
        Republished(topic="toys.balls", events=3, states=False),
        Republished(topic="toys.boxes", events=0, states=True),
    ]
    toy.flow()
    versions = [open_envelope(record).sequence for record in log(toy, "toys.balls")]
    assert versions == [1, 2, 3, 1, 2, 3]
    assert toy.seen() == ["first", "second", "third"]


def test_a_filter_chooses_by_key_type_and_time(toy: Standing) -> None:
    ball, _ = (toy.do(lambda tx: toys.new_ball(tx, how="a")) for _ in range(2))
    toy.send()
    assert planned(toy, Again(key=str(ball)))["toys.balls"] == 1
    assert planned(toy, Again(type="toys.ball.burst.v1"))["toys.balls"] == 0
    assert planned(toy, Again(topic="toys.balls")) == {"toys.balls": 2}
    assert planned(toy, Again(since=toy.clock() + timedelta(hours=1)))["toys.balls"] == 0
    assert again(toy, Again(key=str(ball), topic="toys.balls"))[0].events == 1
    toy.send()
    assert len(log(toy, "toys.balls")) == 3


@pytest.mark.parametrize("boxes", [1, 3])
def test_a_compacted_topic_gets_the_current_state_of_every_key(toy: Standing, boxes: int) -> None:
    made = [toy.do(lambda tx: toys.new_box(tx, label="old")) for _ in range(boxes)]
    for box in made:
        toy.do(lambda tx, box=box: toys.relabel(tx, box_id=box, label="new"))  # type: ignore[misc]  # bound early
    toy.send()
    before = log(toy, "toys.boxes")
    assert again(toy, Again(topic="toys.boxes"))[0].events == boxes
    toy.send()
    said = log(toy, "toys.boxes")[len(before) :]
    newest = {record.key: open_envelope(record) for record in before}
    assert {record.key: open_envelope(record).id for record in said} == {
        key: envelope.id for key, envelope in newest.items()
    }  # the same facts have the same ids
    assert all(b'"new"' in (record.value or b"") for record in said)


def test_a_state_whose_row_was_purged_is_said_with_the_same_id_each_time(toy: Standing) -> None:
    toy.do(lambda tx: toys.new_box(tx, label="kept"))
    toy.send()
    ids = set()
    for _ in range(2):
        toy.do(lambda tx: tx.db.execute(sa.delete(outbox)))
        again(toy, Again(topic="toys.boxes"))
        toy.send()
        ids.add(open_envelope(log(toy, "toys.boxes")[-1]).id)
    assert len(ids) == 1


def test_a_state_that_is_older_than_what_was_published_is_not_put_behind_it(toy: Standing) -> None:
    """A reading session saw version 1; version 2 was published before its batch was written."""
    box = toy.do(lambda tx: toys.new_box(tx, label="one"))
    publisher = toy.runtime.publisher
    state = publisher.states[toys.BOXES]

    def overtaken(db: Session) -> Iterator[Event]:
        events = list(state(db))
        toy.do(lambda tx: toys.relabel(tx, box_id=box, label="two"))
        toy.send()
        return iter(events)

    late = replace(publisher, states={toys.BOXES: overtaken})
    republish(toy.runtime.database, late, Again(topic="toys.boxes"), actor="operator:lan")
    toy.send()
    assert open_envelope(log(toy, "toys.boxes")[-1]).sequence == 2


def purge(toy: Standing, days: int) -> tuple[int, int, int]:
    keep = timedelta(days=days)

    def all_three(tx: Transaction) -> tuple[int, int, int]:
        return (
            retention.purge_sent(tx, keep=keep),
            retention.purge_discarded(tx, keep=keep),
            retention.purge_inbox(tx, keep=keep),
        )

    return toy.do(all_three)


def test_only_what_is_old_and_done_with_is_forgotten(toy: Standing) -> None:
    toy.do(lambda tx: toys.new_ball(tx, how="applied"))
    toy.do(lambda tx: toys.new_ball(tx, how=toys.BROKEN))
    toy.flow()
    toy.pass_time(timedelta(seconds=30))
    toy.receive()
    with toy.runtime.database.reading() as db:
        ids = deciding.plan(db, "toys", Choice(everything=True), states=("dead",)).ids
    deciding.discard(toy.runtime.database, "toys", ids, actor="operator:lan", reason="a test")
    toy.do(lambda tx: toys.new_ball(tx, how="unsent"))
    assert purge(toy, days=30) == (0, 0, 0)
    toy.pass_time(timedelta(days=31))
    assert purge(toy, days=30) == (2, 1, 1)
    assert purge(toy, days=30) == (0, 0, 0)


def test_who_reads_a_topic_that_is_kept_for_ever_never_forgets(toy: Standing) -> None:
    forever = type(toys.BALLS)("toys.balls", partitions=2)
    names = [timer.name for timer in retention.timers(toy.runtime.windows, read=[forever])]
    assert names == ["purge-sent", "purge-discarded"]
    assert [timer.name for timer in toy.runtime.timers] == ["purge-sent", "purge-discarded", "purge-inbox"]
