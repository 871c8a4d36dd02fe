"""Channels as JSON."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask_smorest import Blueprint

from services.notifications.channels.commands import (
    add_channel,
    change_channel,
    pause_channel,
    remove_channel,
    resume_channel,
    rotate_secret,
)
from services.notifications.channels.commands.sealing import seal_of
from services.notifications.channels.model import Channel
from services.notifications.channels.policies import MAY, checked
from services.notifications.channels.queries import channel_of, channels_of, owners_of
from services.notifications.channels.schemas import ChannelForm, ChannelSchema, Said, SecretSchema
from shared.errors import Forbidden, NotFound
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in

blueprint = Blueprint(
    "channels_api",
    __name__,
    url_prefix="/notifications/api/v1/channels",
    description="Where schools and people are reached",
)


@blueprint.get("")
@MAY["own"]
@blueprint.response(200, ChannelSchema(many=True))
def index() -> Sequence[Channel]:
    """The channels of the reader and of the reader's schools."""
    with reading() as db:
        return channels_of(db, owners_of(signed_in()))


@blueprint.post("")
@MAY["own"]
@blueprint.arguments(ChannelForm)
@blueprint.response(201, ChannelSchema)
def add(said: Said) -> Channel:
    """Add one; a webhook's secret may be given, or is asked for by changing it."""
    settings, owner = edge().runtime.settings, said.owner or signed_in().actor
    if owner not in owners_of(signed_in()):
        raise Forbidden(
            Sentence(
                zh="只能为自己和本校设置渠道。", en="Channels are chosen for oneself and one's own school."
            )
        )
    address = checked(said.kind, said.address, said.secret, allowed=settings.webhook_allow)
    seal = seal_of(settings)
    return command(
        lambda tx: add_channel(
            tx, owner=owner, address=address, name=said.name, language=said.language, seal=seal
        )
    )


@blueprint.get("/<uuid:channel_id>")
@MAY["own"]
@blueprint.response(200, ChannelSchema)
def one(channel_id: UUID) -> Channel:
    """One of them."""
    return _found(channel_id)


@blueprint.put("/<uuid:channel_id>")
@MAY["own"]
@blueprint.arguments(ChannelForm)
@blueprint.response(200, ChannelSchema)
def change(said: Said, channel_id: UUID) -> Channel:
    """Another name, language or address; `version` is the one that was seen."""
    settings, owners, kind = edge().runtime.settings, owners_of(signed_in()), _found(channel_id).kind
    allowed, seal = settings.webhook_allow, seal_of(settings)
    address = checked(kind, said.address, said.secret, allowed=allowed) if said.address else None
    return command(
        lambda tx: change_channel(
            tx,
            channel_id=channel_id,
            owners=owners,
            name=said.name,
            language=said.language,
            address=address,
            seal=seal,
            seen=said.version,
        )
    )


@blueprint.delete("/<uuid:channel_id>")
@MAY["own"]
@blueprint.response(204)
def remove(channel_id: UUID) -> tuple[str, HTTPStatus]:
    """Remove it; its address is forgotten."""
    owners = owners_of(signed_in())
    command(lambda tx: remove_channel(tx, channel_id=channel_id, owners=owners))
    return "", HTTPStatus.NO_CONTENT


@blueprint.post("/<uuid:channel_id>/pause")
@MAY["own"]
@blueprint.response(200, ChannelSchema)
def pause(channel_id: UUID) -> Channel:
    """Stop it for now."""
    owners = owners_of(signed_in())
    return command(lambda tx: pause_channel(tx, channel_id=channel_id, owners=owners))


@blueprint.post("/<uuid:channel_id>/resumption")
@MAY["own"]
@blueprint.response(200, ChannelSchema)
def resume(channel_id: UUID) -> Channel:
    """Take it up again; what waited goes out."""
    owners = owners_of(signed_in())
    return command(lambda tx: resume_channel(tx, channel_id=channel_id, owners=owners))


@blueprint.post("/<uuid:channel_id>/secret")
@MAY["own"]
@blueprint.response(201, SecretSchema)
def rotate(channel_id: UUID) -> dict[str, str]:
    """A new signing secret, said this once; the old one signs beside it for a day."""
    seal, owners = seal_of(edge().runtime.settings), owners_of(signed_in())
    return {"secret": command(lambda tx: rotate_secret(tx, channel_id=channel_id, owners=owners, seal=seal))}


def _found(channel_id: UUID) -> Channel:
    with reading() as db:
        channel = channel_of(db, channel_id, owners_of(signed_in()))
    if channel is None:
        raise NotFound(Sentence(zh="没有找到这个渠道。", en="There is no such channel."))
    return channel
