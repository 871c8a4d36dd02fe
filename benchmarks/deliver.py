"""What a mail and a webhook cost when each is a row that is leased, tried, written down and never forgotten.

Subject: the sender of the worker, on PostgreSQL and on SQLite, with as many mails and webhooks queued, while one endpoint
hangs and one fails all the time. Peer: a bare client that signs the same bodies and writes the same mails with the
same concurrency to the healthy endpoints and keeps nothing. Counted is what the healthy endpoints took in a second.
"""

import http.client
import smtplib
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import sqlalchemy as sa
from standardwebhooks import Webhook

from benchmarks.contest import databases
from benchmarks.measuring import Report, interleaved, options
from benchmarks.receiving import Ports, receivers
from services.notifications.app import service
from services.notifications.channels.commands.hooks import body_of
from services.notifications.channels.commands.mailing import letter
from services.notifications.channels.commands.parcels import Parcel
from services.notifications.channels.commands.sealing import Kept, seal_of
from services.notifications.channels.model import Channel
from services.notifications.deliveries.commands import queue
from services.notifications.deliveries.commands.queueing import AT_ONCE
from services.notifications.deliveries.commands.sender import Sender
from services.notifications.deliveries.model import Delivery, Writing
from shared.db.migrations import migrate
from shared.ids import named, uuid7
from shared.runtime import Runtime
from shared.settings import Settings
from shared.text import Sentence

SIZE, ROUNDS = 5000, 3

#: As the sender has it: connections to a mail server, and to one endpoint.
MAILS, HOOKS = 4, 8

#: Deliveries to the endpoint that hangs, and to the one that fails.
BAD = 40

_SECRET = "whsec_" + "c2VjcmV0" * 4
_SUBJECT = Sentence(zh="活动邀请：集团治理与管理策略", en="Invitation: governing a group")
_TEXT = Sentence(
    zh="6月10日 08:30–12:00，培训中心报告厅。请在 6月5日前确认。",
    en="10 June, 08:30–12:00, lecture hall. Confirm by 5 June.",
)


class Side:
    """notifications on a database of its own, with channels of so many schools."""

    def __init__(self, url: str, directory: Path, ports: Ports, size: int) -> None:
        """Give each school a mail address and a webhook, and a few one that hangs or fails."""
        directory.mkdir()
        settings = Settings(
            data=directory,
            database=url,
            smtp_url=f"smtp://127.0.0.1:{ports.mail}",
            mail_from="tongxing@bureau.example",
            webhook_allow=frozenset({"127.0.0.1"}),
        )
        self._runtime, self._size, self._round = Runtime(service, settings), size, 0
        migrate(self._runtime.database.engine, service.package)
        schools = [f"school:{named('school', str(number))}" for number in range(size)]
        self._schools = schools
        rows = [self._channel(each, "email", "office@school.example", "mail") for each in schools]
        rows += [self._hook(each, ports.quick) for each in schools]
        rows += [self._hook(each, ports.hanging) for each in schools[:BAD]]
        rows += [self._hook(each, ports.failing) for each in schools[:BAD]]
        with self._runtime.database.engine.begin() as connection:
            connection.execute(sa.insert(Channel), rows)

    def sent(self) -> float:
        """Deliveries a second to the healthy endpoints."""
        self._queue()
        database = self._runtime.database
        sender = Sender(database, self._runtime.settings, actor="service:benchmark")
        wanted, begun = 2 * self._size, time.perf_counter()
        while self._done() < wanted:
            for _ in range(20):
                sender.step()
        seconds = time.perf_counter() - begun
        sender.drain()
        sender.close()
        with database.engine.begin() as connection:
            connection.execute(sa.update(Delivery).values(state="given_up"))
        return wanted / seconds

    def _queue(self) -> None:
        self._round += 1
        writing = Writing(
            notice_id=uuid7(), class_name="invitation", subject=_SUBJECT, text=_TEXT, link="/notifications/"
        )
        for start in range(0, self._size, AT_ONCE):  # of more a job would take care
            some = self._schools[start : start + AT_ONCE]
            self._runtime.database.run(
                lambda tx, some=some: queue(tx, letter=writing, recipients=some),  # type: ignore[misc]
                actor="service:benchmark",
            )

    def _done(self) -> int:
        with self._runtime.database.reading() as db:
            found = sa.select(sa.func.count()).where(Delivery.state.in_(("sent", "delivered")))
            return db.scalar(found) or 0

    def _hook(self, owner: str, port: int) -> dict[str, object]:
        return self._channel(owner, "webhook", f"http://127.0.0.1:{port}/in", f"127.0.0.1:{port}")

    def _channel(self, owner: str, kind: str, address: str, endpoint: str) -> dict[str, object]:
        return {
            "id": uuid7(),
            "version": 1,
            "owner": owner,
            "school_id": UUID(owner.partition(":")[2]),
            "kind": kind,
            "name": kind,
            "shown": address,
            "sealed": seal_of(self._runtime.settings).close(
                Kept(address, "" if kind == "email" else _SECRET)
            ),
            "mark": f"{kind}:{address}",
            "endpoint": endpoint,
            "state": "on",
            "why": "",
            "failures": 0,
            "created_at": datetime.now(UTC),
            "created_by": "benchmark",
        }


class Bare:
    """A client that keeps nothing."""

    def __init__(self, ports: Ports, size: int) -> None:
        """Know where to send what."""
        self._ports, self._size = ports, size

    def sent(self) -> float:
        """Mails and webhooks a second."""
        numbers = range(self._size)
        begun = time.perf_counter()
        with ThreadPoolExecutor(MAILS + HOOKS) as pool:
            for each in range(MAILS):
                pool.submit(self._mail, numbers[each::MAILS])
            hooks = [pool.submit(self._post, numbers[each::HOOKS]) for each in range(HOOKS)]
        for hook in hooks:
            hook.result()
        return 2 * self._size / (time.perf_counter() - begun)

    def _mail(self, numbers: Sequence[int]) -> None:
        with smtplib.SMTP("127.0.0.1", self._ports.mail) as server:
            for number in numbers:
                data = letter(_parcel(number, "email"), sender="tongxing@bureau.example")
                server.sendmail("tongxing@bureau.example", ["office@school.example"], data)

    def _post(self, numbers: Sequence[int]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._ports.quick)
        signer = Webhook(_SECRET)
        for number in numbers:
            parcel, now = _parcel(number, "webhook"), datetime.now(UTC)
            body, id_ = body_of(parcel), f"msg_{parcel.id.hex}"
            headers = {
                "Content-Type": "application/json",
                "webhook-id": id_,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": signer.sign(id_, now, body),
            }
            connection.request("POST", "/in", body=body.encode(), headers=headers)
            connection.getresponse().read()
        connection.close()


def _parcel(number: int, kind: str) -> Parcel:
    return Parcel(
        id=named("delivery", f"{number}/{kind}"),
        kind=kind,
        endpoint="",
        mark="",
        kept=Kept("office@school.example"),
        notice_id=named("notice", "1"),
        class_name="invitation",
        subject=_SUBJECT,
        text=_TEXT,
        link="http://127.0.0.1:8000/notifications/",
        written_at=datetime.now(UTC),
        recipient=f"school:{named('school', str(number))}",
        languages=("zh",),
    )


def main() -> int:
    """Do what the first lines say."""
    size = {"type": int, "default": SIZE, "help": "mails, and webhooks, in each round"}
    asked = options(__doc__ or "", size=size)
    report = Report("deliver")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        database = stack.enter_context(databases())
        ports = stack.enter_context(receivers())
        counted = interleaved(
            {
                "bare": Bare(ports, asked.size).sent,
                "PostgreSQL": Side(database(), scratch / "postgres", ports, asked.size).sent,
                "SQLite": Side("", scratch / "sqlite", ports, asked.size).sent,
            },
            rounds=ROUNDS,
        )
        rates = {what: report.figure(what, values, "deliveries/s") for what, values in counted.items()}
        for side in ("PostgreSQL", "SQLite"):
            report.at_least(f"{side} / bare", rates[side] / rates["bare"], 0.5)
    return report.finish(as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
