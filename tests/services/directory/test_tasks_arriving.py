"""What waits, on its whole way: a publisher's outbox, the broker, directory's copy — also over kills and new beginnings."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.directory.app import service as directory
from services.directory.tasks.queries import waiting_by_service, waiting_for
from services.notifications.app import service as notifications
from services.notifications.inbox.model import Notice
from services.scheduling.app import service as scheduling
from services.scheduling.demonstration import demonstrate
from services.scheduling.sessions.commands import release_session
from shared.auth import Grant
from shared.events.outbox import outbox
from shared.events.relay import Relay
from shared.events.republish import Again, republish
from shared.ids import named
from tests.builders import GOLMUD, NOW, SOMEBODY, House, cancelled, house, released

GRANTS = ("administrator@all", f"liaison@school:{GOLMUD}")
POLICY = named("session", "集团治理与管理策略")


@dataclass
class Office:
    """Two that publish and one that keeps, on one broker; what lies in `at` survives them."""

    at: Path
    plans: House
    post: House
    relays: tuple[Relay, Relay]

    def carry(self) -> dict[str, int]:
        """Let everything travel, and answer how much waits for an administrator who is Golmud's liaison too."""
        self.send()
        with house(directory, self.at) as register:
            consumer = register.runtime.consumer()
            for _ in range(8):
                consumer.step(timeout=0)
            consumer.close()
            return waits(register)

    def send(self) -> None:
        for relay in self.relays:
            for _ in range(3):
                relay.step()

    def forget_directory(self) -> None:
        for path in self.at.glob("directory.db*"):
            path.unlink()


def waits(register: House) -> dict[str, int]:
    with register.database.reading() as db:
        return waiting_by_service(db, [Grant.parse(text) for text in GRANTS], account=SOMEBODY)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        plans, post = (stack.enter_context(house(each, tmp_path)) for each in (scheduling, notifications))
        with house(directory, tmp_path) as register:
            plans.runtime.broker.apply(register.runtime.topics_read.values())
        plans.database.run(demonstrate, actor="service:scheduling")
        post.hear(released(), event_id="cause-1")
        yield Office(tmp_path, plans, post, (plans.runtime.relay(), post.runtime.relay()))


def test_it_waits_until_it_is_done(office: Office) -> None:
    assert office.carry() == {"scheduling": 5, "notifications": 1}

    office.plans.database.run(
        lambda tx: release_session(tx, session_id=POLICY, scopes=["region:632800"]), actor="account:test"
    )
    with office.post.database.reading() as db:
        notice = db.scalars(sa.select(Notice.id)).one()
    read = office.post.client(f"liaison@school:{GOLMUD}").post(f"/notifications/notices/{notice}/reading")
    assert read.status_code == 303

    assert office.carry() == {"scheduling": 4}


def test_nobody_has_to_read_the_invitation_to_what_is_cancelled(office: Office) -> None:
    office.post.hear(cancelled(), event_id="cause-2")

    assert office.carry() == {"scheduling": 5, "notifications": 1}
    with house(directory, office.at) as register, register.database.reading() as db:
        rows = waiting_for(db, [Grant.parse(GRANTS[1])], account=SOMEBODY, now=NOW).rows
    assert [row.sentence.zh.partition("：")[0] for row in rows] == ["活动取消"]


def test_records_that_come_again_change_nothing(office: Office) -> None:
    before = office.carry()
    for each in (office.plans, office.post):
        each.database.run(lambda tx: tx.db.execute(sa.delete(outbox)), actor="service:test")
        republish(
            each.database,
            each.runtime.publisher,
            Again(everything=True),
            actor="operator:test",
            reason="again",
        )

    assert office.carry() == before


def test_a_directory_made_anew_has_all_that_waits(office: Office) -> None:
    before = office.carry()

    office.forget_directory()

    assert office.carry() == before


def test_what_waited_before_there_was_a_topic_is_said_by_republish(office: Office) -> None:
    for each in (office.plans, office.post):
        each.database.run(lambda tx: tx.db.execute(sa.delete(outbox)), actor="service:test")
    assert office.carry() == {}

    for each in (office.plans, office.post):
        republish(
            each.database,
            each.runtime.publisher,
            Again(everything=True),
            actor="operator:test",
            reason="begin",
        )

    assert office.carry() == {"scheduling": 5, "notifications": 1}


def test_a_worker_that_is_killed_again_and_again_loses_and_doubles_nothing(office: Office) -> None:
    office.send()
    with house(directory, office.at) as register:

        def arrived() -> bool:
            return waits(register) == {"scheduling": 5, "notifications": 1}

        for patience in (1, 1.5, 2, 2.5, 60):  # killed while it starts, reads, or has read
            with _worker(office.at) as worker:
                _until(arrived, patience)
                worker.send_signal(signal.SIGKILL)

        assert arrived()


def _until(done: Callable[[], bool], patience: float) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end and not done():
        time.sleep(0.1)


def _worker(data: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [Path(sys.executable).with_name("tongxing"), "worker", "directory", "--prepare", "--port", "0"],
        env={**os.environ, "TONGXING_DATA": str(data), "TONGXING_DEMO": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
