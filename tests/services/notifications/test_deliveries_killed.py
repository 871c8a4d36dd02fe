"""A sender is killed at every point, and another goes on: nothing is forgotten, and what may have been sent follows its rule."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from threading import Event

import pytest
import sqlalchemy as sa

from services.notifications.deliveries.commands.recording import take_back
from services.notifications.deliveries.commands.sender import Pace, Sender
from services.notifications.deliveries.model import Attempt, Delivery, Letter
from tests.builders import House
from tests.services.notifications.channels_of import add
from tests.services.notifications.receivers import (
    FINE,
    Postbox,
    Posted,
    Receiver,
    Says,
    postbox,
    receiver,
    until,
)
from tests.services.notifications.sending import allow, answering, send, tell

#: Each of them by two classes: one that is sent again, one whose sender is asked.
NUMBER = 4
TWICE = {"invitation": True, "announcement": False}


def dies(house: House, *, point: str, nth: int) -> None:
    settings = house.runtime.settings
    story = {"data": str(settings.data), "smtp_url": settings.smtp_url, "point": point, "nth": nth}
    victim = subprocess.run(
        [sys.executable, "-m", "tests.services.notifications.sending_victim", json.dumps(story)],
        cwd=os.getcwd(),  # noqa: PTH109
        timeout=60,
        check=False,
    )
    assert victim.returncode == -signal.SIGKILL


def became(house: House) -> dict[str, Counter[str]]:
    """The states by class."""
    found: dict[str, Counter[str]] = {}
    with house.database.reading() as db:
        rows = db.execute(
            sa.select(Letter.class_name, Delivery.state).join(Letter, Letter.notice_id == Delivery.notice_id)
        )
        for class_name, state in rows:
            found.setdefault(class_name, Counter())[state] += 1
    return found


def told(house: House) -> None:
    for index, class_name in enumerate(TWICE):
        for number in range(NUMBER):
            tell(house, class_name=class_name, number=10 * index + number, link=f"/{class_name}/{number}")


def mail_ids(box: Postbox) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for _, mail in box.got)


@pytest.mark.parametrize(
    ("point", "nth"), [("claimed", 1), ("sending", 3), ("sent", 3), ("before record", 1), ("recorded", 1)]
)
def test_killed(office: House, point: str, nth: int) -> None:
    with postbox() as box, receiver() as hook, receiver(answering(200, {"errcode": 0})) as group:
        allow(office, smtp=box.url, hosts=("127.0.0.1",))
        add(office)
        add(office, "webhook", f"{hook.address}/in")
        add(office, "wecom", f"{group.address}/cgi-bin/webhook/send?key=abcdef")
        told(office)
        dies(office, point=point, nth=nth)
        before = mail_ids(box), Counter(posted.body for posted in group.got)

        for _ in range(20):  # the robot's rate takes its time, too
            office.clock.move(timedelta(minutes=3))
            send(office)

        states = became(office)
        assert sum(states["invitation"].values()) == sum(states["announcement"].values()) == 3 * NUMBER
        assert set(states["invitation"]) <= {"sent", "delivered"}
        assert set(states["announcement"]) <= {"sent", "delivered", "in_doubt"}
        check_hook(hook, 2 * NUMBER)
        check_mail(box, before[0], doubts=states["announcement"]["in_doubt"])
        assert max(Counter(posted.body for posted in group.got).values()) <= 2
        with office.database.reading() as db:
            open_ = sa.select(Attempt).where(Attempt.outcome.is_(None))
            assert db.scalars(open_).all() == []


def test_of_what_was_claimed_only_what_was_being_sent_is_in_doubt(office: House) -> None:
    with postbox() as box:
        allow(office, smtp=box.url, hosts=())
        add(office)
        for number in range(3 * NUMBER):
            tell(office, class_name="announcement", number=number, link=f"/{number}")
        dies(office, point="claimed", nth=1)
        for _ in range(5):
            office.clock.move(timedelta(minutes=3))
            send(office)

        assert became(office) == {"announcement": Counter(sent=3 * NUMBER)}
        assert set(mail_ids(box).values()) == {1}


def check_hook(hook: Receiver, number: int) -> None:
    """Each of them arrived, and whatever came twice has its id."""
    ids = Counter(posted.headers["webhook-id"] for posted in hook.got)
    assert len(ids) == number
    assert len({(posted.headers["webhook-id"], posted.body) for posted in hook.got}) == number


def check_mail(box: Postbox, before: Counter[str], *, doubts: int) -> None:
    ids = mail_ids(box)
    assert 2 * NUMBER - doubts <= len(ids) <= 2 * NUMBER
    assert max(ids.values()) <= 2
    assert sum(count - 1 for count in ids.values()) <= sum(before.values())


def test_a_webhook_that_hangs_holds_nobody_else(office: House) -> None:
    let_go = Event()

    def hangs(_posted: Posted) -> Says:
        let_go.wait(30)
        return FINE

    with receiver(hangs) as slow, receiver() as quick:
        try:
            allow(office, hosts=("127.0.0.1",))
            add(office, "webhook", f"{slow.address}/in")
            add(office, "webhook", f"{quick.address}/in")
            for number in range(30):
                tell(office, number=number)
            sender = Sender(
                office.database,
                office.runtime.settings,
                actor="service:test",
                pace=Pace(threads=10, in_hand=50),
            )
            until(lambda: sender.step() and len(quick.got) == 30, seconds=5)
            assert len(slow.got) <= 8
        finally:
            let_go.set()
        sender.close()


def test_of_a_cut_off_delivery_that_was_answered_meanwhile_the_new_claim_counts(office: House) -> None:
    with receiver() as hook:
        allow(office, hosts=("127.0.0.1",))
        add(office, "webhook", f"{hook.address}/in")
        tell(office)
        late = Sender(office.database, office.runtime.settings, actor="service:test")
        late._claim(8)
        until(lambda: len(hook.got) == 1)
        office.clock.move(timedelta(minutes=3))
        assert office.database.run(take_back, actor="service:test") == 1
        late._record(wait=1.0)
        with office.database.reading() as db:
            assert db.scalars(sa.select(Delivery.state)).one() == "failed"
            assert db.scalars(sa.select(Attempt.outcome)).one() == "delivered"
        office.clock.move(timedelta(minutes=3))
        send(office)
        late.close()

    assert len({posted.headers["webhook-id"] for posted in hook.got}) == 1
    assert became(office)["invitation"] == Counter(delivered=1)
