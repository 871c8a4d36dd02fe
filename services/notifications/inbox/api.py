"""Inboxes as JSON."""

from uuid import UUID

from flask_smorest import Blueprint

from services.notifications.inbox.policies import MAY, READERS
from services.notifications.inbox.queries import Inbox, inbox_within
from services.notifications.inbox.schemas import InboxSchema, PageSchema
from shared.web.edge import reading, signed_in

blueprint = Blueprint(
    "inbox_api", __name__, url_prefix="/notifications/api/v1/inbox", description="What schools were told"
)


@blueprint.get("")
@MAY["see"]
@blueprint.arguments(PageSchema, location="query")
@blueprint.response(200, InboxSchema)
def index(asked: dict[str, UUID | None]) -> Inbox:
    """What the reader's schools were told, newest first."""
    with reading() as db:
        return inbox_within(db, signed_in().scopes(*READERS), before=asked["before"])
