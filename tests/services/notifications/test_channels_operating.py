"""What operators see of channels: the doctor's warnings, dead deliveries on the command line, tasks of what failed."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from services.notifications.app import service
from services.notifications.channels.commands import resume_channel
from services.notifications.deliveries.commands.keeping import forget
from services.notifications.deliveries.model import Attempt, Delivery, Letter
from shared.contracts.notifications import NotificationsTask
from tests.builders import House
from tests.services.notifications.channels_of import LIAISON, add, writing
from tests.services.notifications.receivers import postbox, receiver
from tests.services.notifications.sending import allow, answering, send, states, tell


def test_the_doctor_warns_of_addresses_inside_and_of_mail_without_a_sender(office: House) -> None:
    assert service.examine
    assert [finding.wrong for finding in service.examine(office.runtime)] == [None]
    office.runtime.settings = replace(
        office.runtime.settings, smtp_url="smtp://mail", webhook_allow=frozenset({"127.0.0.1"})
    )

    said = [str(finding.wrong) for finding in service.examine(office.runtime)]

    assert "127.0.0.1" in said[0]
    assert "TONGXING_MAIL_FROM" in said[1]


def test_dead_deliveries_are_listed_shown_and_sent_again(
    office: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postbox(rcpt=lambda _to: "554 5.7.1 not today") as box:
        allow(office, smtp=box.url)
        add(office)
        tell(office)
        send(office)
    assert service.commands
    (group,) = service.commands()
    monkeypatch.setenv("TONGXING_DATA", str(office.runtime.settings.data))
    with office.database.reading() as db:
        id_ = str(db.scalars(sa.select(Delivery.id)).one())

    run = CliRunner().invoke
    assert id_ in run(group, ["dead"]).output
    assert "not today" in run(group, ["show", id_]).output
    assert run(group, ["again", id_]).output == "1 of 1 go out again.\n"
    assert states(office) == [("queued", "again", 0)]


def test_a_stopped_channel_waits_for_its_owner_until_it_is_resumed(office: House) -> None:
    with receiver(answering(410)) as hook:
        allow(office, hosts=("127.0.0.1",))
        channel = add(office, "webhook", f"{hook.address}/in")
        tell(office)
        send(office)
    office.database.run(
        lambda tx: resume_channel(tx, channel_id=channel.id, owners=frozenset({LIAISON})),
        actor="account:test",
    )

    said = [event for event in office.said() if isinstance(event, NotificationsTask)]
    assert [(task.audiences, task.closed_at is None) for task in said] == [
        ((f"liaison@{LIAISON}",), True),
        ((f"liaison@{LIAISON}",), False),
    ]
    assert said[0].version < said[1].version


def test_without_a_mail_server_mails_wait_and_cost_no_try(office: House) -> None:
    add(office)
    tell(office)
    send(office)

    assert states(office) == [("queued", "no_server", 0)]


def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(office: House) -> None:
    with receiver() as hook:
        allow(office, hosts=("127.0.0.1",))
        add(office, "webhook", f"{hook.address}/in")
        tell(office, number=1)
        send(office)
    add(office)  # a mail, which waits for a server
    tell(office, number=2, expires_at=office.clock() + timedelta(days=400))
    office.clock.move(timedelta(days=181))

    assert office.database.run(forget, actor="service:test") == 1
    assert states(office) == [("queued", "", 0), ("queued", "", 0)]
    with office.database.reading() as db:
        assert db.scalars(sa.select(Letter.notice_id)).all() == [writing(number=2).notice_id]
        assert db.scalars(sa.select(Attempt)).all() == []
