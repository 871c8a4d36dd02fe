"""The log as JSON."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.notifications.channels.queries import channel_of, owners_of
from services.notifications.deliveries.commands import send_again, settle_doubt, try_channel
from services.notifications.deliveries.model import Attempt
from services.notifications.deliveries.policies import MAY, READERS
from services.notifications.deliveries.queries import (
    DeliveryRow,
    Filter,
    Log,
    attempts_at,
    delivery_within,
    log_within,
)
from services.notifications.deliveries.schemas import AskedSchema, AttemptSchema, DeliverySchema, LogSchema
from shared.errors import NotFound
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "deliveries_api",
    __name__,
    url_prefix="/notifications/api/v1",
    description="What went out, and what did not",
)

_PAGE = 50


@blueprint.get("/deliveries")
@MAY["see"]
@blueprint.arguments(AskedSchema, location="query")
@blueprint.response(200, LogSchema)
def index(asked: dict[str, Any]) -> Log:
    """The log of the schools that the reader looks after; `state=dead` is what needs somebody."""
    asks = signed_in()
    wanted = Filter(state=asked["state"], kind=asked["kind"], words=asked["q"], notice_id=asked["notice"])
    with reading() as db:
        return log_within(
            db,
            asks.reads(*READERS),
            owners_of(asks),
            wanted=wanted,
            limit=_PAGE,
            offset=(asked["page"] - 1) * _PAGE,
        )


@blueprint.get("/deliveries/<uuid:delivery_id>")
@MAY["see"]
@blueprint.response(200, DeliverySchema)
def one(delivery_id: UUID) -> DeliveryRow:
    """One of them."""
    return _found(delivery_id)


@blueprint.get("/deliveries/<uuid:delivery_id>/attempts")
@MAY["see"]
@blueprint.response(200, AttemptSchema(many=True))
def attempts(delivery_id: UUID) -> Sequence[Attempt]:
    """Every try, with what the other side answered."""
    row = _found(delivery_id)
    with reading() as db:
        return attempts_at(db, row.id)


@blueprint.post("/deliveries/<uuid:delivery_id>/retry")
@MAY["again"]
@blueprint.response(200, DeliverySchema)
def again(delivery_id: UUID) -> DeliveryRow:
    """Send a dead one again."""
    row = _found(delivery_id)
    command(lambda tx: send_again(tx, ids=[row.id]))
    return _found(delivery_id)


@blueprint.post("/deliveries/<uuid:delivery_id>/settlement")
@MAY["again"]
@blueprint.response(200, DeliverySchema)
def settle(delivery_id: UUID) -> DeliveryRow:
    """Do not send again what is in doubt."""
    row = _found(delivery_id)
    command(lambda tx: settle_doubt(tx, delivery_id=row.id))
    return _found(delivery_id)


@blueprint.post("/channels/<uuid:channel_id>/trial")
@MAY["test"]
@blueprint.response(202, DeliverySchema)
def trial(channel_id: UUID) -> DeliveryRow:
    """Send a trial by one of one's own channels; its delivery tells what becomes of it."""
    with reading() as db:
        channel = channel_of(db, channel_id, owners_of(signed_in()))
    if channel is None:
        raise NotFound(Sentence(zh="没有找到这个渠道。", en="There is no such channel."))
    return _found(command(lambda tx: try_channel(tx, channel=channel)))


def _found(delivery_id: UUID) -> DeliveryRow:
    asks = signed_in()
    with reading() as db:
        row = delivery_within(db, asks.reads(*READERS), owners_of(asks), delivery_id)
    if row is None:
        raise NotFound(Sentence(zh="没有找到这条发送记录。", en="There is no such delivery."))
    return row
