"""Inboxes as JSON."""

from http import HTTPStatus
from uuid import UUID

from flask_smorest import Blueprint

from services.notifications.inbox.commands import read_notice
from services.notifications.inbox.policies import MAY, READERS
from services.notifications.inbox.queries import Inbox, inbox_within
from services.notifications.inbox.schemas import InboxSchema, PageSchema
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "inbox_api", __name__, url_prefix="/notifications/api/v1/inbox", description="What schools were told"
)


@blueprint.get("")
@MAY["see"]
@blueprint.arguments(PageSchema, location="query")
@blueprint.response(200, InboxSchema)
def index(asked: dict[str, UUID | None]) -> Inbox:
    """What the reader's schools were told, newest first."""
    asks = signed_in()
    with reading() as db:
        return inbox_within(
            db, asks.reads(*READERS), own=asks.schools, account=asks.account, before=asked["before"]
        )


@blueprint.post("/<uuid:notice_id>/reading")
@MAY["read"]
@blueprint.response(204)
def read(notice_id: UUID) -> tuple[str, HTTPStatus]:
    """Note that the reader's school has read the notice; saying so again changes nothing."""
    asks = signed_in()
    command(lambda tx: read_notice(tx, notice_id=notice_id, schools=asks.schools, account=asks.account))
    return "", HTTPStatus.NO_CONTENT
