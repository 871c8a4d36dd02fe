"""A publisher whose database was put back: what it does about its own records that it does not know."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from shared.errors import Refusal
from shared.events import ledger
from shared.events.diverged import diverged
from shared.events.ledger import published
from shared.events.outbox import outbox
from shared.events.record import TopicPartition
from tests.events.box import Box, envelope, opened, step
from tests.proof.machine.services import Keeper
from tests.proof.machine.things import ball_id
from tests.proof.toys import model
from tests.proof.toys.contracts import BALLS, OWNERS


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with opened(tmp_path) as one:
        yield one


def put_back_before(box: Box) -> "PutBack":
    return PutBack(box)


class PutBack:
    """Within, things happen that the database will know nothing of; the broker will."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.keeper = Keeper(Path(box.url.removeprefix("sqlite:///")), box.emitter, box.database.clock)
        self.keeper.database.close()

    def __enter__(self) -> None:
        self.copy = self.keeper.copy()

    def __exit__(self, *_error: object) -> None:
        step(self.box.relay())
        self.box.database.close()
        self.keeper.put_back(self.copy)
        self.box.database = self.keeper.database
        self.box.pass_time(60)


def listed(box: Box) -> set[tuple[str, int]]:
    with box.database.reading() as db:
        return {(row.key, row.version) for row in db.execute(sa.select(diverged))}


def test_whole_states_are_adopted_and_go_on_from_there(box: Box) -> None:
    box.rename(1, "Zhaxi")
    with put_back_before(box):
        box.rename(1, "Qinghe")
        box.rename(1, "Lan")

    step(box.relay())
    box.rename(1, "Mei")

    with box.database.reading() as db:
        assert list(model.owners(db).values()) == [(4, "Mei")]
    assert listed(box) == set()


def test_an_older_state_that_is_left_to_send_does_not_come_behind_a_newer_one(box: Box) -> None:
    box.rename(1, "Zhaxi")
    with put_back_before(box):
        box.rename(1, "Qinghe")
    with box.database.begin() as db:  # said anew since, under an id that the topic does not know
        db.execute(sa.update(outbox).values(id=uuid4()))

    step(box.relay())

    assert box.unsent() == 0
    assert b"Qinghe" in (box.log(OWNERS.name)[-1].value or b""), "compaction keeps what came last"


def test_other_aggregates_are_listed_and_refuse_changes_as_a_whole(box: Box) -> None:
    box.roll(1)
    box.roll(2)
    with put_back_before(box):
        box.roll(1)

    step(box.relay())

    assert listed(box) == {(str(ball_id(1)), 2)}
    with pytest.raises(Refusal, match="restored to an earlier copy"):
        box.roll(1)
    with box.database.reading() as db:
        assert model.balls(db)[str(ball_id(1))] == (1, 1, "x")
    box.roll(2)


def test_its_own_records_are_back_in_the_outbox_as_sent(box: Box) -> None:
    with put_back_before(box):
        box.roll(1)
        box.roll(1)
        with box.database.reading() as db:
            before = db.execute(
                sa.select(outbox.c.id, outbox.c.value, outbox.c.headers, outbox.c.version)
            ).all()

    step(box.relay())

    with box.database.reading() as db:
        after = db.execute(sa.select(outbox.c.id, outbox.c.value, outbox.c.headers, outbox.c.version)).all()
    assert after == before
    assert box.unsent() == 0


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (b"{", {}),
        (b"no event", {"id": None}),
        (b'{"version":1}', {"id": "no uuid"}),
        (b'{"version":1}', {"type": "toys.ball.exploded.v1"}),
        (
            b'{"version":1,"owner_id":"0199c0de-0000-7000-8000-000000000001","name":"x"}',
            {"type": "toys.owner.renamed.v1"},
        ),
    ],
)
def test_what_a_stranger_wrote_is_none_of_our_history(
    box: Box, value: bytes, changes: dict[str, str | None]
) -> None:
    box.write(b"stranger", value, envelope(**changes))
    box.roll(1)
    relay = box.relay()

    step(relay)

    assert (relay.trouble, box.unsent(), listed(box)) == (None, 0, set())
    with box.database.reading() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(outbox)) == 1


def test_what_another_log_acknowledged_is_not_noted_as_sent(box: Box) -> None:
    """One relay still sends to the broker that it knew while another has met the new one."""
    step(box.relay())
    place = TopicPartition(BALLS.name, 0)

    with box.database.begin() as db:
        identity = db.scalar(sa.select(published.c.identity).where(published.c.topic == BALLS.name))
        assert identity is not None
        assert ledger.note(db, {place: 5}, {BALLS.name: "the one before"}) == {BALLS.name}
        assert ledger.note(db, {place: 5}, {BALLS.name: identity}) == set()
        assert ledger.note(db, {place: 3}, {BALLS.name: identity}) == set()

    assert ledger.ends(box.database, [BALLS.name])[place] == 5
