"""Announcements as JSON: what was announced, who has confirmed it, and confirming it."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.notifications.announcements.commands import confirm, draft, send, withdraw
from services.notifications.announcements.model import Text
from services.notifications.announcements.queries import (
    BoardRow,
    Listed,
    announcement_within,
    announcements_within,
    answered_for,
    board_of,
    detailed,
)
from services.notifications.announcements.schemas import (
    BoardSchema,
    ConfirmSchema,
    DraftedSchema,
    DraftSchema,
    ListedSchema,
    SendSchema,
    WithdrawSchema,
)
from shared.auth import Role, covers, holders, readers
from shared.errors import Forbidden
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "announcements_api",
    __name__,
    url_prefix="/notifications/api/v1/announcements",
    description="What coordinators announce, and what schools say to it",
)

_SENDERS: tuple[Role, ...] = ("administrator", "coordinator")
_SEE, _SEND, _CONFIRM = readers(*_SENDERS), holders(*_SENDERS), holders("liaison", "teacher")


@blueprint.get("")
@_SEE
@blueprint.response(200, ListedSchema(many=True))
def index() -> list[Listed]:
    """What was announced within the reader's regions, and what sessions ask there, the latest first."""
    with reading() as db:
        return announcements_within(db, signed_in().reads(*_SENDERS))


@blueprint.post("")
@_SEND
@blueprint.arguments(DraftSchema)
@blueprint.response(201, DraftedSchema)
def drafted(asked: dict[str, Any]) -> dict[str, UUID]:
    """Keep a draft for one of the own regions; nobody is told."""
    id_, scopes, region = uuid7(), signed_in().scopes(*_SENDERS), str(asked.pop("host_region"))
    if not any(covers(scope, region=region) for scope in scopes):
        raise Forbidden(
            Sentence(zh="这个区域不归你负责。", en="That region is not yours."), field="host_region"
        )
    text = Text(**{**asked, "scopes": tuple(asked["scopes"])})
    command(lambda tx: draft(tx, id_=id_, text=text, host_region=region, scopes=scopes).id)
    return {"id": id_}


@blueprint.get("/<uuid:announcement_id>/board")
@_SEE
@blueprint.response(200, BoardSchema(many=True))
def board(announcement_id: UUID) -> list[BoardRow]:
    """What each school that was told has said, by which channels it was told, and whom to call there."""
    with reading() as db:
        found = announcement_within(db, announcement_id, signed_in().reads(*_SENDERS))
        return detailed(db, found, board_of(db, found))


@blueprint.post("/<uuid:announcement_id>/sending")
@_SEND
@blueprint.arguments(SendSchema)
@blueprint.response(204)
def sent(asked: dict[str, Any], announcement_id: UUID) -> tuple[str, HTTPStatus]:
    """Send it now, or at a time."""
    scopes = signed_in().scopes(*_SENDERS)
    command(lambda tx: send(tx, announcement_id=announcement_id, scopes=scopes, at=asked["send_at"]).id)
    return "", HTTPStatus.NO_CONTENT


@blueprint.post("/<uuid:announcement_id>/withdrawal")
@_SEND
@blueprint.arguments(WithdrawSchema)
@blueprint.response(204)
def withdrawn(asked: dict[str, str], announcement_id: UUID) -> tuple[str, HTTPStatus]:
    """Let it hold no more."""
    scopes, reason = signed_in().scopes(*_SENDERS), asked["reason"]
    command(lambda tx: withdraw(tx, announcement_id=announcement_id, reason=reason, scopes=scopes).id)
    return "", HTTPStatus.NO_CONTENT


@blueprint.post("/<uuid:announcement_id>/confirmation")
@_CONFIRM
@blueprint.arguments(ConfirmSchema)
@blueprint.response(204)
def confirmed(asked: dict[str, str], announcement_id: UUID) -> tuple[str, HTTPStatus]:
    """Confirm it for the own school, signed by who is named; saying so again changes nothing."""
    with reading() as db:
        schools, name = answered_for(db, signed_in()), asked["name"]
    command(lambda tx: confirm(tx, announcement_id=announcement_id, name=name, schools=schools).id)
    return "", HTTPStatus.NO_CONTENT
