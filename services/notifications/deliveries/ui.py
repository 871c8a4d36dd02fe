"""The log: what went out, what did not and why, and the ways to mend it."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from services.notifications.channels.model import KINDS
from services.notifications.channels.queries import channel_of, channels_of, names_of, owners_of
from services.notifications.deliveries.commands import send_again, settle_doubt, try_channel
from services.notifications.deliveries.model import OUTCOME_WORDS, REASONS, STATE_CHIPS, STATE_WORDS
from services.notifications.deliveries.policies import MAY, READERS
from services.notifications.deliveries.queries import (
    DeliveryRow,
    Filter,
    attempts_at,
    dead_within,
    delivery_within,
    log_within,
)
from services.notifications.preferences.model import CLASSES
from shared.errors import NotFound
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.lists import chosen, listing
from shared.web.scopes import narrowed

blueprint = Blueprint("deliveries", __name__, url_prefix="/notifications", template_folder="../templates")

FILTERS = ("q", "state", "kind", "notice")

_WORDS = {
    "STATE_WORDS": STATE_WORDS,
    "STATE_CHIPS": STATE_CHIPS,
    "REASONS": REASONS,
    "OUTCOME_WORDS": OUTCOME_WORDS,
    "CLASSES": CLASSES,
}


@blueprint.get("/deliveries")
@MAY["see"]
def index() -> str:
    """What went out to the schools that the reader looks after, the last first."""
    wanted = listing(sorts=("queued",), filters=FILTERS, default="-queued", last=400)
    with reading() as db:
        log = log_within(
            db, _scopes(), _own(), wanted=_filter(wanted.get), limit=wanted.size, offset=wanted.offset
        )
        dead = log_within(db, _scopes(), _own(), wanted=Filter(state="dead"), limit=1).total
    return render_template(
        "notifications/deliveries.html",
        wanted=wanted,
        log=log,
        dead=dead,
        may=MAY["again"].allows(signed_in()),
        KINDS=KINDS,
        **_WORDS,
    )


@blueprint.get("/deliveries/<uuid:delivery_id>")
@MAY["see"]
def page(delivery_id: UUID) -> str:
    """One delivery with every try at it."""
    row = _found(delivery_id)
    with reading() as db:
        attempts = attempts_at(db, delivery_id)
        layer = names_of(db, [row.layer]).get(row.layer) if ":" in row.layer else None
    return render_template(
        "notifications/delivery.html",
        row=row,
        attempts=attempts,
        layer=layer,
        may=MAY["again"].allows(signed_in()),
        **_WORDS,
    )


@blueprint.get("/deliveries/<uuid:delivery_id>/state")
@MAY["test"]
def state(delivery_id: UUID) -> str:
    """What has become of a trial: looks again by itself until that is known."""
    return render_template("notifications/trial.html", row=_found(delivery_id), **_WORDS)


@blueprint.post("/deliveries/again")
@MAY["again"]
def again_many() -> Response:
    """Send dead ones again: those that were chosen, or all that match."""
    said = chosen()
    wanted = _filter(said.get) if said.ids is None else Filter()
    with reading() as db:
        mine = set(dead_within(db, _scopes(), _own(), wanted=wanted))
    ids = mine if said.ids is None else mine & said.ids
    command(lambda tx: send_again(tx, ids=ids))
    return redirect("/notifications/deliveries", 303)


@blueprint.post("/deliveries/<uuid:delivery_id>/retry")
@MAY["again"]
def again(delivery_id: UUID) -> Response:
    """Send it again."""
    row = _found(delivery_id)
    command(lambda tx: send_again(tx, ids=[row.id]))
    return redirect(f"/notifications/deliveries/{delivery_id}", 303)


@blueprint.post("/deliveries/<uuid:delivery_id>/settlement")
@MAY["again"]
def settle(delivery_id: UUID) -> Response:
    """Leave it at that: it is not sent again."""
    row = _found(delivery_id)
    command(lambda tx: settle_doubt(tx, delivery_id=row.id))
    return redirect(f"/notifications/deliveries/{delivery_id}", 303)


@blueprint.post("/channels/<uuid:channel_id>/trial")
@MAY["test"]
def trial(channel_id: UUID) -> Response:
    """Send a trial by one of one's own channels; the page then shows what becomes of it."""
    with reading() as db:
        channel = channel_of(db, channel_id, owners_of(signed_in()))
    if channel is None:
        raise NotFound(Sentence(zh="没有找到这个渠道。", en="There is no such channel."))
    delivery = command(lambda tx: try_channel(tx, channel=channel))
    return redirect(f"/notifications/channels?trial={delivery}#channel-{channel_id}", 303)


@blueprint.get("/notices/<uuid:notice_id>/why")
@MAY["see"]
def why(notice_id: UUID) -> str:
    """Why the reader's schools did, or did not, get a notice: every channel, and who decided."""
    own = _own()
    with reading() as db:
        log = log_within(db, _scopes(), own, wanted=Filter(notice_id=notice_id), limit=200)
        channels, names = channels_of(db, own), names_of(db, own)
    told = {row.channel_id for row in log.rows}
    without = [owner for owner in names if not any(each.owner == owner for each in channels)]
    return render_template(
        "notifications/why.html",
        notice_id=notice_id,
        log=log,
        names=names,
        later=[each for each in channels if each.id not in told],
        without=without,
        **_WORDS,
    )


def _scopes() -> frozenset[str]:
    return narrowed(signed_in().reads(*READERS))


def _own() -> frozenset[str]:
    return owners_of(signed_in())


def _found(delivery_id: UUID) -> DeliveryRow:
    with reading() as db:
        row = delivery_within(db, signed_in().reads(*READERS), _own(), delivery_id)
    if row is None:
        raise NotFound(Sentence(zh="没有找到这条发送记录。", en="There is no such delivery."))
    return row


def _filter(said: Callable[[str], str]) -> Filter:
    """What a list is filtered for; an id that is none finds nothing."""
    notice = said("notice")
    try:
        notice_id = UUID(notice) if notice else None
    except ValueError:
        notice_id = UUID(int=0)
    return Filter(state=said("state"), kind=said("kind"), words=said("q"), notice_id=notice_id)
