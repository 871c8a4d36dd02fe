"""The proof by search: hypothesis looks for a story in which an event is lost, doubled or out of order.

A failure prints the story as calls and a seed that plays it again. `TONGXING_PROOF=long` looks much longer.
"""

import os
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from structlog.testing import capture_logs

from shared.events.record import TopicPartition
from tests.proof.machine import checks
from tests.proof.machine.faults import PublishFault
from tests.proof.machine.services import empty_database
from tests.proof.machine.things import Change, ball_id, counted_uuids, crash
from tests.proof.machine.world import PublisherCopy, World
from tests.proof.toys.contracts import BALLS

PROOF = os.environ.get("TONGXING_PROOF", "")
_MEMORY = Path("/dev/shm")  # noqa: S108  a directory in memory, if there is one

BALL = st.integers(0, 3)
CHANGES: st.SearchStrategy[list[Change]] = st.lists(
    st.one_of(
        st.tuples(BALL, st.integers(1, 4), st.sampled_from(["fast", "slow", None])),
        st.tuples(st.integers(0, 1), st.sampled_from(["Zhaxi", "Qinghe", "Lan"])),
    ),
    min_size=1,
    max_size=4,
)
RELAYS = st.sampled_from(["toys A", "toys B", "shelf"])
SHELVES = st.sampled_from(["shelf A", "shelf B"])


@cache
def empty() -> bytes:
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as directory:
        return empty_database(Path(directory) / "empty.db")


class Spine(RuleBasedStateMachine):
    """What can happen. Every rule is one thing that happens in real life, and nothing promises its order."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(capture_logs())  # a failing story is told by its calls
        self.stack.enter_context(counted_uuids())
        memory = _MEMORY if _MEMORY.is_dir() else None
        directory = self.stack.enter_context(tempfile.TemporaryDirectory(dir=memory))
        self.world = World(Path(directory), empty())
        self.stack.callback(self.world.close)
        self.publisher_copy: PublisherCopy | None = None
        self.reader_copy: bytes | None = None

    # --- ordinary life ---

    @rule(changes=CHANGES)
    def commit(self, changes: list[Change]) -> None:
        self.world.commit(changes)

    @rule(changes=CHANGES)
    def roll_back(self, changes: list[Change]) -> None:
        self.world.commit(changes, roll_back=True)

    @rule(relay=RELAYS)
    def relay(self, relay: str) -> None:
        self.world.relays[relay].step()

    @rule(consumer=st.sampled_from(["shelf A", "shelf A", "shelf B", "before"]), steps=st.integers(1, 4))
    def consume(self, consumer: str, steps: int) -> None:
        for _ in range(steps):
            self.world.consumers[consumer].step()

    @rule()
    def all_work_for_a_while(self) -> None:
        for _ in range(3):
            for process in self.world.processes:
                process.step()

    @rule(seconds=st.sampled_from([0.5, 2, 12]))
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    # --- processes die, sleep and wake ---

    @rule(relay=RELAYS, point=st.sampled_from(["relay.read", "relay.acked", "relay.marked"]))
    def relay_crashes(self, relay: str, point: str) -> None:
        self.world.interrupt(relay, point, crash)
        self.world.relays[relay].step()

    @rule(
        consumer=SHELVES, point=st.sampled_from(["consumer.polled", "consumer.applied", "consumer.committed"])
    )
    def consumer_crashes(self, consumer: str, point: str) -> None:
        self.world.interrupt(consumer, point, crash)
        for _ in range(3):
            self.world.consumers[consumer].step()

    @rule(changes=CHANGES)
    def a_relay_sleeps_past_its_lease(self, changes: list[Change]) -> None:
        """Between reading its rows and sending them; the other one takes over and goes on meanwhile."""

        def asleep() -> None:
            self.world.pass_time(11)
            self.world.commit(changes)
            for _ in range(3):
                self.world.relays["toys B"].step()

        self.world.interrupt("toys A", "relay.read", asleep)
        self.world.relays["toys A"].step()

    @rule(point=st.sampled_from(["consumer.polled", "consumer.committed"]), changes=CHANGES)
    def a_reader_sleeps_and_loses_its_partitions(self, point: str, changes: list[Change]) -> None:
        """It holds fetched records; the other one takes over and goes on before it wakes."""

        def asleep() -> None:
            self.world.consumers["shelf A"].lose_partitions()
            self.world.commit(changes)
            self.world.relays["toys A"].step()
            for _ in range(4):
                self.world.consumers["shelf B"].step()

        self.world.interrupt("shelf A", point, asleep)
        for _ in range(3):
            self.world.consumers["shelf A"].step()

    # --- the broker misbehaves ---

    @rule(relay=RELAYS, fault=st.sampled_from(["lost acks", "half", "twice", "refused", "crash after send"]))
    def publishing_goes_wrong(self, relay: str, fault: PublishFault) -> None:
        process = self.world.relays[relay]
        process.broker.next_publish = fault
        process.step()
        process.broker.next_publish = None

    @rule()
    def the_broker_goes_or_comes_back(self) -> None:
        self.world.away = not self.world.away

    @rule()
    def the_broker_is_lost_and_made_anew(self) -> None:
        self.world.lose_broker()

    @rule(partition=st.integers(0, 1), share=st.sampled_from([0.5, 1.0]))
    def records_are_deleted(self, partition: int, share: float) -> None:
        self.world.delete_records(TopicPartition(BALLS.name, partition), share)

    @rule()
    def the_log_is_compacted(self) -> None:
        self.world.broker.maintain(now=self.world.now)

    @rule(kind=st.sampled_from(["bytes", "unknown type", "no id", "no JSON", "contract broken"]))
    def a_stranger_writes(self, kind: str) -> None:
        self.world.write_poison(kind)

    # --- reactions fail, operators decide ---

    @rule(ball=BALL, version=st.integers(1, 6), times=st.integers(1, 2))
    def a_reaction_fails_some_times(self, ball: int, version: int, times: int) -> None:
        self.world.passing[str(ball_id(ball)), version] = times

    @rule(ball=BALL, version=st.integers(1, 6))
    def a_reaction_will_always_fail(self, ball: int, version: int) -> None:
        self.world.fail_for_ever(str(ball_id(ball)), version)

    @rule()
    def the_operator_discards(self) -> None:
        self.world.operators.discard_dead()

    @rule()
    def the_operator_replays(self) -> None:
        self.world.operators.replay_dead()

    # --- databases are put back ---

    @rule()
    def the_reader_is_copied(self) -> None:
        self.reader_copy = self.world.shelf.copy()

    @precondition(lambda self: self.reader_copy is not None)
    @rule()
    def the_reader_is_restored(self) -> None:
        assert self.reader_copy is not None
        self.world.restore_reader(self.reader_copy)

    @rule()
    def the_publisher_is_copied(self) -> None:
        self.publisher_copy = self.world.copy_publisher()

    @precondition(lambda self: self.publisher_copy is not None)
    @rule(accepted=st.booleans())
    def the_publisher_is_restored(self, *, accepted: bool) -> None:
        assert self.publisher_copy is not None
        self.world.restore_publisher(self.publisher_copy)
        self.publisher_copy = None
        if accepted:
            self.world.operators.reconcile()

    @rule(changes=CHANGES, later=CHANGES)
    def the_publisher_works_on_and_is_put_back(self, changes: list[Change], later: list[Change]) -> None:
        copy = self.world.copy_publisher()
        self.world.commit(changes)
        self.all_work_for_a_while()
        self.world.restore_publisher(copy)
        self.publisher_copy = None
        self.world.commit(later)

    @rule(changes=CHANGES)
    def the_reader_works_on_and_is_put_back(self, changes: list[Change]) -> None:
        copy = self.world.shelf.copy()
        self.world.commit(changes)
        self.all_work_for_a_while()
        self.all_work_for_a_while()
        self.world.restore_reader(copy)

    @rule()
    def the_operator_enters_what_was_lost(self) -> None:
        self.world.operators.reconcile()

    # --- what must be true ---

    @invariant()
    def holds(self) -> None:
        checks.always(self.world)

    def teardown(self) -> None:
        try:
            self.world.operators.reconcile()
            self.world.drain()
            checks.at_rest(self.world, empty())
        finally:
            self.stack.close()


#: Bounded for every day, and the same each time; much longer and each time another when looking for trouble;
#: without shrinking where it is enough to fail (`tests.proof.mutants`).
_PHASES = [Phase.generate, *([] if PROOF == "mutants" else [Phase.shrink])]

TestSpine = Spine.TestCase
TestSpine.settings = settings(
    max_examples={"long": 2_000, "mutants": 100}.get(PROOF, 60),
    stateful_step_count=80 if PROOF == "long" else 40,
    deadline=None,
    derandomize=PROOF != "long",
    database=None,
    phases=_PHASES,
    print_blob=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
