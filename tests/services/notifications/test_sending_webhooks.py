"""Webhooks: verified by the standard's library, repeated by its waits, switched off by 410, and never led inside."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook

from services.notifications.channels.commands import rotate_secret
from services.notifications.channels.commands.sealing import seal_of
from services.notifications.channels.model import Channel
from services.notifications.deliveries.commands import send_again
from services.notifications.deliveries.model import Delivery
from tests.builders import House
from tests.services.notifications.channels_of import LIAISON, add
from tests.services.notifications.receivers import FINE, Says, receiver
from tests.services.notifications.sending import (
    allow,
    answering,
    attempts,
    channel,
    due_in,
    send,
    states,
    tell,
)


def test_a_webhook_verifies_by_the_library_also_while_its_key_is_changed(office: House) -> None:
    with receiver() as hook:
        allow(office, hosts=("127.0.0.1",))
        made = add(office, "webhook", f"{hook.address}/in")
        kept = seal_of(office.runtime.settings).open(channel(office, made.id).sealed)
        tell(office, number=1)
        send(office)
        fresh = office.database.run(
            lambda tx: rotate_secret(
                tx,
                channel_id=made.id,
                owners=frozenset({LIAISON}),
                seal=seal_of(office.runtime.settings),
            ),
            actor="account:test",
        )
        tell(office, number=2)
        send(office)

    first, second = hook.got
    said = Webhook(kept.secret).verify(first.body, first.headers)
    assert said["type"] == "notice.invitation"
    assert said["data"]["link"] == "https://tongxing.bureau.example/notifications/#notice-1"
    for secret in (kept.secret, fresh):
        Webhook(secret).verify(second.body, second.headers)
    assert {state for state, *_ in states(office)} == {"delivered"}


def test_a_webhook_is_repeated_by_the_standards_waits_with_the_same_id(office: House) -> None:
    answers: list[Says] = [
        (500, {}, b"oops"),
        (302, {"Location": "/in"}, b""),
        (503, {"Retry-After": "7200"}, b""),
        FINE,
    ]
    with receiver(lambda posted: answers[len(hook.got) - 1]) as hook:
        allow(office, hosts=(f"127.0.0.1:{hook.port}",))
        add(office, "webhook", f"{hook.address}/in")
        tell(office)
        waits = []
        for _ in range(4):
            send(office)
            waits.append(due_in(office))
            office.clock.move(max(waits[-1], timedelta(0)))

    assert len({posted.headers["webhook-id"] for posted in hook.got}) == 1
    assert {posted.body for posted in hook.got} == {hook.got[0].body}
    assert timedelta(seconds=5) <= waits[0] <= timedelta(seconds=6)
    assert timedelta(minutes=5) <= waits[1] <= timedelta(minutes=6)
    assert waits[2] == timedelta(hours=2)  # the other side asks for more than we would wait
    assert attempts(office) == [("failed", "500"), ("failed", "302"), ("failed", "503"), ("delivered", "204")]


def test_the_waits_end_after_ten_tries_and_whoever_asks_sends_it_again(office: House) -> None:
    with receiver(lambda _posted: (500, {}, b"")) as hook:
        allow(office, hosts=("127.0.0.1",))
        made = add(office, "webhook", f"{hook.address}/in")
        tell(office, expires_at=office.clock() + timedelta(days=30))
        for _ in range(12):
            send(office)
            office.clock.move(timedelta(days=1, hours=6))
            with office.database.begin() as db:  # a person resumes it whenever it was paused
                db.execute(sa.update(Channel).values(state="on", failures=0, failing_since=None))
                db.execute(sa.update(Delivery).where(Delivery.state == "held").values(state="queued"))
    assert len(hook.got) == 10
    assert states(office) == [("given_up", "tried", 10)]

    with office.database.reading() as db:
        ids = db.scalars(sa.select(Delivery.id)).all()
    assert office.database.run(lambda tx: send_again(tx, ids=ids), actor="account:test") == 1
    with receiver() as better:
        with office.database.begin() as db:
            seal = seal_of(office.runtime.settings)
            kept = seal.open(made.sealed)
            sealed = seal.close(replace(kept, address=f"{better.address}/in"))
            db.execute(sa.update(Channel).values(sealed=sealed))
        allow(office, hosts=("127.0.0.1",))
        send(office)
    assert states(office) == [("delivered", "", 1)]
    assert better.got[0].headers["webhook-id"] == hook.got[0].headers["webhook-id"]


def test_410_switches_a_webhook_off(office: House) -> None:
    with receiver(answering(410)) as hook:
        allow(office, hosts=("127.0.0.1",))
        made = add(office, "webhook", f"{hook.address}/in")
        tell(office)
        send(office)
        tell(office, number=2)
        send(office)

    assert channel(office, made.id).state == "off"
    assert states(office) == [("given_up", "gone", 1)]
    assert len(hook.got) == 1


@pytest.mark.parametrize("host", ["127.0.0.1.nip.example", "internal.golmud.example"])
def test_a_name_that_leads_inside_is_not_reached(
    office: House, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as hook:
        monkeypatch.setattr(
            "socket.getaddrinfo",
            lambda *_a, **_k: [
                (2, 1, 6, "", ("93.184.215.14", 443)),
                (2, 1, 6, "", ("127.0.0.1", hook.port)),
            ],
        )
        made = add(office, "webhook", f"https://{host}:{hook.port}/in")
        tell(office)
        send(office)

    assert hook.got == []
    assert attempts(office) == [("refused", "internal")]
    assert channel(office, made.id).why == "internal"
