"""One mail a day, without what was read meanwhile."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from services.notifications.app import service
from services.notifications.deliveries.commands import queue
from services.notifications.deliveries.model import Delivery, Writing
from services.notifications.inbox.model import Entry, Notice
from services.notifications.preferences.model import Preference
from shared.db import Transaction
from shared.ids import named
from shared.jobs import JobRunner
from shared.text import Sentence
from shared.worker import Timers
from tests.builders import GOLMUD, House
from tests.services.notifications.channels_of import LIAISON, add, writing
from tests.services.notifications.receivers import postbox
from tests.services.notifications.sending import allow, send, tell


def in_the_inbox(office: House) -> UUID:
    """A notice that nobody has queued yet."""
    id_ = named("test.notice", "read")
    texts = dict.fromkeys(("title", "session_kind", "place", "link", "reason"), "")
    now = office.clock()

    def work(tx: Transaction) -> None:
        tx.db.add(
            Notice(
                id=id_,
                kind="session_released",
                told_at=now,
                session_id=id_,
                starts_at=now,
                ends_at=now,
                **texts,
            )
        )
        tx.db.flush()  # its number is made by the database
        tx.db.add(Entry(notice_seq=tx.db.scalars(sa.select(Notice.seq)).one(), school_id=GOLMUD))

    office.database.run(work, actor="service:test")
    return id_


def gathered(office: House) -> None:
    """Let the timer and its job do what a worker's would."""
    Timers(office.database, service.timers, service="notifications").step()
    runner = JobRunner(office.database, service.jobs, service="notifications", owner="test")
    while runner.step():
        pass


def states(office: House) -> list[tuple[str, str]]:
    with office.database.reading() as db:
        rows = db.execute(
            sa.select(Delivery.state, Delivery.reason).order_by(Delivery.queued_at, Delivery.id)
        )
        return sorted((row.state, row.reason) for row in rows)


def test_what_was_read_meanwhile_is_left_out_and_the_rest_is_one_mail(office: House) -> None:
    office.clock.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    with postbox() as box:
        allow(office, smtp=box.url)
        add(office)
        chosen = Preference(owner=LIAISON, class_name="announcement", kind="email", mode="digest")
        office.database.run(lambda tx: tx.db.add(chosen), actor="account:test")
        notice_id = in_the_inbox(office)
        read = Writing(
            notice_id=notice_id,
            class_name="announcement",
            subject=Sentence(zh="读过的", en="read"),
            text=writing().text,
            link="/",
        )
        office.database.run(lambda tx: queue(tx, letter=read, recipients=[LIAISON]), actor="service:test")
        for number in (1, 2):
            subject = Sentence(zh=f"第 {number} 条", en=f"No. {number}")
            tell(office, class_name="announcement", number=number, subject=subject)
        path = f"/notifications/api/v1/inbox/{notice_id}/reading"
        assert office.client(f"liaison@school:{GOLMUD}").post(path).status_code == 204
        gathered(office)
        send(office)
        assert box.got == []

        office.clock.move(timedelta(hours=8, minutes=1))  # 17:01 there
        gathered(office)
        gathered(office)
        send(office)

    ((_, mail),) = box.got
    parts = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/plain"]
    text = bytes(parts[0] or b"").decode()
    assert "第 1 条" in text
    assert "第 2 条" in text
    assert "读过的" not in text
    assert states(office) == [("merged", "digest"), ("merged", "digest"), ("sent", ""), ("skipped", "read")]
