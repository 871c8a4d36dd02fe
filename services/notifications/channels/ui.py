"""Where a school and a person are reached: chosen, tried with one click, stopped and taken up again."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.notifications.channels.commands import (
    add_channel,
    change_channel,
    pause_channel,
    remove_channel,
    resume_channel,
    rotate_secret,
)
from services.notifications.channels.commands.sealing import Seal, seal_of
from services.notifications.channels.model import KIND_WORDS, KINDS, Channel
from services.notifications.channels.policies import MAY, STATE_WORDS, WHY_WORDS, Address, checked
from services.notifications.channels.queries import channel_of, channels_of, names_of, owners_of
from services.notifications.channels.schemas import ChannelForm, Said
from services.notifications.preferences.model import class_of
from services.notifications.preferences.queries import chosen_by_one
from shared.errors import Forbidden, Invalid, NotFound, TongxingError
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import say

blueprint = Blueprint(
    "channels", __name__, url_prefix="/notifications/channels", template_folder="../templates"
)

_WRONG = Sentence(zh="请检查这一项。", en="Look at this again.")
_ALLOWED_WORDS = {"KIND_WORDS": KIND_WORDS, "STATE_WORDS": STATE_WORDS, "WHY_WORDS": WHY_WORDS}


@blueprint.get("")
@MAY["own"]
def index() -> str:
    """The channels of the reader's schools and of the reader."""
    return _page()


@blueprint.get("/new")
@MAY["own"]
def new() -> str:
    """A form for one more, of `?kind=`."""
    kind = request.args.get("kind", "email")
    return _form({"kind": kind if kind in KINDS else "email", "owner": request.args.get("owner", "")})


@blueprint.post("/new")
@MAY["own"]
def add() -> Response | str | tuple[str, int]:
    """Add it. A webhook's secret is shown this once."""
    typed = request.form.to_dict()
    try:
        said = _said(typed)
        address = _checked(said)
        _mine(said.owner)
        made = command(
            lambda tx: add_channel(
                tx, owner=said.owner, address=address, name=said.name, language=said.language, seal=_seal()
            )
        )
    except TongxingError as error:
        return _form(typed, {error.field or "address": say(error.sentence)}), error.status
    if made.kind == "webhook":
        return _page(secret=(made.id, address.secret))
    return redirect(f"/notifications/channels#channel-{made.id}", 303)


@blueprint.get("/<uuid:channel_id>")
@MAY["own"]
def edit(channel_id: UUID) -> str:
    """A form with what may be seen of it."""
    channel = _found(channel_id)
    typed = {
        "kind": channel.kind,
        "owner": channel.owner,
        "name": channel.name,
        "language": channel.language or "",
    }
    return _form(typed | {"version": str(channel.version)}, channel=channel)


@blueprint.post("/<uuid:channel_id>")
@MAY["own"]
def change(channel_id: UUID) -> Response | tuple[str, int]:
    """Keep the changes; an empty address stays as it was."""
    channel, typed = _found(channel_id), request.form.to_dict()
    try:
        said = _said(typed | {"kind": channel.kind, "owner": channel.owner})
        address, owners = (_checked(said) if said.address else None), owners_of(signed_in())
        command(
            lambda tx: change_channel(
                tx,
                channel_id=channel_id,
                owners=owners,
                name=said.name,
                language=said.language,
                address=address,
                seal=_seal(),
                seen=said.version,
            )
        )
    except TongxingError as error:
        return _form(typed, {error.field or "name": say(error.sentence)}, channel=channel), error.status
    return redirect(f"/notifications/channels#channel-{channel_id}", 303)


@blueprint.post("/<uuid:channel_id>/pause")
@MAY["own"]
def pause(channel_id: UUID) -> Response:
    """Stop it for now."""
    owners = owners_of(signed_in())
    command(lambda tx: pause_channel(tx, channel_id=channel_id, owners=owners))
    return _back(channel_id)


@blueprint.post("/<uuid:channel_id>/resumption")
@MAY["own"]
def resume(channel_id: UUID) -> Response:
    """Take it up again; what waited goes out."""
    owners = owners_of(signed_in())
    command(lambda tx: resume_channel(tx, channel_id=channel_id, owners=owners))
    return _back(channel_id)


@blueprint.post("/<uuid:channel_id>/removal")
@MAY["own"]
def remove(channel_id: UUID) -> Response:
    """Remove it; its address is forgotten."""
    owners = owners_of(signed_in())
    command(lambda tx: remove_channel(tx, channel_id=channel_id, owners=owners))
    return redirect("/notifications/channels", 303)


@blueprint.post("/<uuid:channel_id>/secret")
@MAY["own"]
def rotate(channel_id: UUID) -> str:
    """A new signing secret, shown this once."""
    owners = owners_of(signed_in())
    secret = command(lambda tx: rotate_secret(tx, channel_id=channel_id, owners=owners, seal=_seal()))
    return _page(secret=(channel_id, secret))


def _page(*, secret: tuple[UUID, str] | None = None) -> str:
    owners = owners_of(signed_in())
    with reading() as db:
        names, channels = names_of(db, owners), channels_of(db, owners)
    return render_template(
        "notifications/channels.html",
        names=names,
        channels={owner: [each for each in channels if each.owner == owner] for owner in names},
        secret=secret,
        trial=request.args.get("trial", type=UUID),
        mail=bool(edge().runtime.settings.smtp_url),
        KINDS=KINDS,
        **_ALLOWED_WORDS,
    )


def _form(
    typed: dict[str, str], errors: dict[str, str] | None = None, *, channel: Channel | None = None
) -> str:
    owners = owners_of(signed_in())
    with reading() as db:
        names = names_of(db, owners)
        ended = chosen_by_one(db, f"channel:{channel.id}") if channel else {}
    return render_template(
        "notifications/channel.html",
        ended=[class_of(class_name).word for class_name, _ in ended],
        typed=typed,
        errors=errors or {},
        channel=channel,
        names=names,
        **_ALLOWED_WORDS,
    )


def _said(typed: dict[str, str]) -> Said:
    try:
        said: Said = ChannelForm().load(typed)
    except ValidationError as error:
        field = next(iter(error.messages_dict))
        raise Invalid(_WRONG, field=str(field)) from error
    return said


def _checked(said: Said) -> Address:
    return checked(said.kind, said.address, said.secret, allowed=edge().runtime.settings.webhook_allow)


def _mine(owner: str) -> None:
    if owner not in owners_of(signed_in()):
        raise Forbidden(
            Sentence(
                zh="只能为自己和本校设置渠道。", en="Channels are chosen for oneself and one's own school."
            )
        )


def _found(channel_id: UUID) -> Channel:
    with reading() as db:
        channel = channel_of(db, channel_id, owners_of(signed_in()))
    if channel is None:
        raise NotFound(Sentence(zh="没有找到这个渠道。", en="There is no such channel."))
    return channel


def _back(channel_id: UUID) -> Response:
    return redirect(f"/notifications/channels#channel-{channel_id}", 303)


def _seal() -> Seal:
    return seal_of(edge().runtime.settings)
