"""Buttons: submitted, published, sent back, retired, begun anew; and lessons that were taught."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.items.commands import making, publishing
from services.resources.items.commands.reading import taught_with
from services.resources.items.queries.seeing import item_for
from services.resources.items.schemas import LessonSchema, ReasonSchema
from services.resources.items.ui.asking import MAKERS, Page, answered, asker, blueprint, said_of
from services.resources.items.ui.looking import shown
from shared.auth import holders
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.web.edge import command, reading
from shared.web.spoken import sentences

#: Whoever decides on publication.
_DECIDERS = holders("administrator", "coordinator", "liaison")


@blueprint.post("/<uuid:item_id>/submission")
@MAKERS
def submit(item_id: UUID) -> Page | Response:
    """Ask for publication."""
    own = asker()
    return _done(item_id, lambda tx: making.submit(tx, item_id=item_id, reader=own))


@blueprint.post("/<uuid:item_id>/versions")
@MAKERS
def begin_version(item_id: UUID) -> Page | Response:
    """Begin the next version."""
    own = asker()
    return _done(item_id, lambda tx: making.begin_version(tx, item_id=item_id, reader=own))


@blueprint.post("/<uuid:item_id>/publication")
@_DECIDERS
def publish(item_id: UUID) -> Page | Response:
    """Let its audiences read it, as it was when the page was opened."""
    own, seen = asker(), request.form.get("seen", type=int)
    return _done(item_id, lambda tx: publishing.publish(tx, item_id=item_id, reader=own, seen=seen))


@blueprint.post("/<uuid:item_id>/return")
@_DECIDERS
def send_back(item_id: UUID) -> Page | Response:
    """Ask for changes first."""
    own = asker()
    return _done(item_id, lambda tx: publishing.send_back(tx, item_id=item_id, reason=_reason(), reader=own))


@blueprint.post("/<uuid:item_id>/retirement")
@_DECIDERS
def retire(item_id: UUID) -> Page | Response:
    """Offer it no more."""
    own = asker()
    return _done(item_id, lambda tx: publishing.retire(tx, item_id=item_id, reason=_reason(), reader=own))


@blueprint.get("/<uuid:item_id>/lessons")
@MAKERS
def lesson(item_id: UUID) -> Page:
    """The form of a lesson that was taught with it."""
    return _lesson(item_id, {})


@blueprint.post("/<uuid:item_id>/lessons")
@MAKERS
def record_lesson(item_id: UUID) -> Page | Response:
    """Write down a lesson that was taught with it."""
    own = asker()

    def work(tx: Transaction) -> None:
        said = LessonSchema().load({name: value for name, value in request.form.items() if value})
        item = item_for(tx.db, item_id, own)
        taught_with(
            tx,
            item=item,
            day=said["day"],
            grade=said["grade"],
            pupils=said["pupils"],
            remark=said["remark"],
            reader=own,
        )

    try:
        command(work)
    except (ValidationError, Invalid, Refusal) as error:
        return _lesson(item_id, request.form.to_dict(), error=error)
    return redirect(url_for("use.item", item_id=item_id), 303)


def _done(item_id: UUID, work: Callable[[Transaction], object]) -> Page | Response:
    try:
        command(work)
    except ValidationError as error:
        return shown(item_id, None, refused=next(iter(sentences(error).values()))), 422
    except (Invalid, Refusal) as error:
        return shown(item_id, None, refused=error.sentence), int(error.status)
    return redirect(url_for("items.page", item_id=item_id), 303)


def _reason() -> str:
    return str(ReasonSchema().load(request.form.to_dict())["reason"])


def _lesson(item_id: UUID, typed: dict[str, str], *, error: Exception | None = None) -> Page:
    with reading() as db:
        item = item_for(db, item_id, asker(db))
        html = render_template(
            "resources/item_lesson.html", item=item, typed=typed, errors=said_of(error, "day")
        )
    return answered(html, error)
