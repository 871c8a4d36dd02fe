"""What one wants to hear, how and when; and the page behind the link that ends a kind of mail."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.notifications.channels.model import KINDS, Channel
from services.notifications.channels.queries import channel_of, channels_of, names_of, owners_of, read_token
from services.notifications.preferences.commands import (
    announce_day,
    choose,
    forget_day,
    leave_alone,
    subscribe_again,
    unsubscribe,
)
from services.notifications.preferences.model import CLASSES, MODES, UNCHOSEN, class_of
from services.notifications.preferences.policies import MAY
from services.notifications.preferences.queries import choosers, chosen_by, chosen_by_one, days, quiet_of
from services.notifications.preferences.schemas import DayForm, QuietForm, clock, minutes
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in

blueprint = Blueprint("preferences", __name__, url_prefix="/notifications", template_folder="../templates")

MODE_WORDS = {
    "on": Sentence(zh="立即", en="At once"),
    "digest": Sentence(zh="每日汇总", en="Once a day"),
    "off": Sentence(zh="不发", en="Not at all"),
}
_NO_DAY = Sentence(zh="请写成 2026-10-10。", en="Write it as 2026-10-10.")
_WRONG = Sentence(zh="时间写得不对。", en="This is no time of day.")


@blueprint.get("/preferences")
@MAY["own"]
def index() -> str:
    """What holds for the reader, the reader's school or group: `?owner=`."""
    owners = choosers(signed_in())
    owner = _owner(owners, request.args.get("owner", ""))
    with reading() as db:
        names, own = names_of(db, owners), chosen_by_one(db, owner)
        chosen = chosen_by(db, [owner])
        quiet = quiet_of(db, owner)
        used = {each.kind for each in channels_of(db, [owner])}
    classes = [each for each in CLASSES.values() if each.name not in UNCHOSEN]
    return render_template(
        "notifications/preferences.html",
        owner=owner,
        names=names,
        classes=classes,
        kinds=[kind for kind in KINDS if kind in used or owner.startswith("group:")] or ["email"],
        own=own,
        holds={(one.name, kind): chosen.how(one, kind, owner) for one in classes for kind in KINDS},
        quiet=quiet,
        clock=clock,
        saved="saved" in request.args,
        keeps_days=MAY["day"].allows(signed_in()),
        MODES=MODES,
        MODE_WORDS=MODE_WORDS,
    )


@blueprint.post("/preferences")
@MAY["own"]
def keep() -> Response:
    """Keep the choices and the quiet hours."""
    owners = choosers(signed_in())
    owner = _owner(owners, request.form.get("owner", ""))
    try:
        said = QuietForm().load(request.form.to_dict())
    except ValidationError as error:
        raise Invalid(_WRONG, field=str(next(iter(error.messages_dict)))) from error
    modes = {
        (class_name, kind): mode or None
        for name, mode in request.form.items()
        if name.startswith("mode.")
        for class_name, _, kind in [name.removeprefix("mode.").partition(".")]
    }

    def work(tx: Transaction) -> None:
        choose(tx, owner=owner, modes=modes)
        leave_alone(tx, owner=owner, **minutes(said))

    command(work)
    return redirect(f"/notifications/preferences?owner={owner}&saved=1", 303)


@blueprint.get("/unsubscribe/<token>")
@MAY["end"]
def asked(token: str) -> str:
    """Ask before anything ends: mail scanners open links, too."""
    with reading() as db:
        channel_id, class_name = read_token(db, token)
        channel = db.get(Channel, channel_id)
    if channel is None:
        raise NotFound(Sentence(zh="这个邮箱已不再使用。", en="This address is not used any more."))
    return _ending(token, channel, class_name, ended=False)


@blueprint.post("/unsubscribe/<token>")
@MAY["end"]
def end(token: str) -> str:
    """End it: by the button of the page, or by a mail program's own (RFC 8058). Saying so again changes nothing."""
    with reading() as db:
        channel_id, class_name = read_token(db, token)
        channel = db.get(Channel, channel_id)
    edge().runtime.database.run(
        lambda tx: unsubscribe(tx, channel_id=channel_id, class_name=class_name),
        actor="link:unsubscribe",
        origin=request.remote_addr,
    )
    return _ending(token, channel, class_name, ended=True)


@blueprint.post("/channels/<uuid:channel_id>/subscription")
@MAY["own"]
def subscribe(channel_id: UUID) -> Response:
    """Take back what was ended by the links in mails to one of one's own channels."""
    with reading() as db:
        channel = channel_of(db, channel_id, owners_of(signed_in()))
    if channel is None:
        raise NotFound(Sentence(zh="没有找到这个渠道。", en="There is no such channel."))
    command(lambda tx: subscribe_again(tx, channel_id=channel_id))
    return redirect(f"/notifications/channels/{channel_id}", 303)


@blueprint.get("/days")
@MAY["day"]
def calendar() -> str:
    """The days that were entered by hand."""
    with reading() as db:
        rows = days(db)
    return render_template("notifications/days.html", rows=rows, errors={}, typed={})


@blueprint.post("/days")
@MAY["day"]
def announce() -> Response | tuple[str, int]:
    """Enter a day."""
    try:
        said = DayForm().load(request.form.to_dict())
    except ValidationError as error:
        wrong = dict.fromkeys(error.messages_dict, _NO_DAY)
        with reading() as db:
            rows = days(db)
        return render_template("notifications/days.html", rows=rows, errors=wrong, typed=request.form), 422
    command(lambda tx: announce_day(tx, **said))
    return redirect("/notifications/days", 303)


@blueprint.post("/days/removal")
@MAY["day"]
def forget() -> Response:
    """Take a day back."""
    try:
        said = DayForm(only=("day",)).load(request.form.to_dict())
    except ValidationError as error:
        raise Invalid(_NO_DAY, field="day") from error
    command(lambda tx: forget_day(tx, day=said["day"]))
    return redirect("/notifications/days", 303)


def _owner(owners: frozenset[str], said: str) -> str:
    if not said:
        return min(owners, key=lambda each: (each.startswith("account:"), each))
    if said not in owners:
        raise Forbidden(
            Sentence(zh="只能为自己和本校设置。", en="One chooses for oneself and one's own school.")
        )
    return said


def _ending(token: str, channel: Channel | None, class_name: str, *, ended: bool) -> str:
    return render_template(
        "notifications/unsubscribe.html",
        token=token,
        address=channel.shown if channel else "",
        notice_class=class_of(class_name),
        ended=ended,
    )
