"""What tests of sending share: what is allowed, a letter on its way, a sender's turn, and what became of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from services.notifications.channels.model import Channel
from services.notifications.deliveries.commands import queue
from services.notifications.deliveries.commands.sender import Pace, Sender
from services.notifications.deliveries.model import Attempt, Delivery
from tests.builders import House
from tests.services.notifications.channels_of import LIAISON, writing
from tests.services.notifications.receivers import Posted, Says, until


def allow(house_: House, *, smtp: str = "", hosts: tuple[str, ...] = ()) -> None:
    house_.runtime.settings = replace(
        house_.runtime.settings,
        smtp_url=smtp,
        mail_from="tongxing@bureau.example",
        webhook_allow=frozenset(hosts),
        base_url="https://tongxing.bureau.example",
    )


def tell(
    house_: House, *recipients: str, class_name: str = "invitation", number: int = 1, **more: object
) -> None:
    letter = writing(class_name, number, **more)
    house_.database.run(
        lambda tx: queue(tx, letter=letter, recipients=recipients or [LIAISON]), actor="service:test"
    )


def send(house_: House, *, pace: Pace | None = None) -> None:
    """Step a sender until nothing more is under way or due."""
    sender = Sender(house_.database, house_.runtime.settings, actor="service:test", pace=pace)
    try:
        until(lambda: not sender.step())
    finally:
        sender.close()


def states(house_: House) -> list[tuple[str, str, int]]:
    with house_.database.reading() as db:
        return [
            (row.state, row.reason, row.attempts)
            for row in db.execute(
                sa.select(Delivery.state, Delivery.reason, Delivery.attempts).order_by(
                    Delivery.queued_at, Delivery.id
                )
            )
        ]


def attempts(house_: House) -> list[tuple[str | None, str]]:
    with house_.database.reading() as db:
        rows = db.execute(sa.select(Attempt.outcome, Attempt.code).order_by(Attempt.id))
        return [(row.outcome, row.code) for row in rows]


def channel(house_: House, id_: UUID) -> Channel:
    with house_.database.reading() as db:
        return db.get_one(Channel, id_)


def due_in(house_: House) -> timedelta:
    with house_.database.reading() as db:
        return db.scalars(sa.select(Delivery.due_at)).one() - house_.clock()


def answering(status: int, body: object = b"", **headers: str) -> Callable[[Posted], Says]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _posted: (status, headers, data)
