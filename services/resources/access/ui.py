"""Pages: asking to see an item, answering, sharing by link, and what a link shows to whoever has it."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.access import commands
from services.resources.access.model import AccessRequest
from services.resources.access.queries import item_by_link, links_of, request_of, requests_for
from services.resources.access.schemas import AnswerSchema, AskSchema, LinkSchema
from services.resources.files.queries.attached import files_of
from services.resources.items.model.item import Item
from services.resources.items.model.words import KINDS, LICENCES, STAGES, STAYS_INSIDE
from services.resources.items.queries.listing import makers_of, version_of
from services.resources.items.queries.seeing import Reader, item_for, may_edit, no_such_item, reader_of
from shared.auth import PUBLIC, SIGNED_IN, holders
from shared.db import Transaction
from shared.errors import Invalid, NotFound, TongxingError
from shared.roster import name_of
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.limits import limited
from shared.web.spoken import sentences

blueprint = Blueprint("access", __name__, url_prefix="/resources", template_folder="../templates")

_MAKERS = holders("administrator", "coordinator", "liaison", "teacher")
_Page = str | tuple[str, int]


@blueprint.get("/items/<uuid:item_id>/access")
@SIGNED_IN
def page(item_id: UUID) -> _Page:
    """Whoever may not see the item asks here; whoever makes it answers."""
    return _shown(item_id)


@blueprint.get("/access/<uuid:request_id>")
@_MAKERS
def answer(request_id: UUID) -> Response:
    """Where a task leads: to the page of the item that was asked for."""
    with reading() as db:
        found = db.get(AccessRequest, request_id)
    if found is None:
        raise no_such_item()
    return redirect(url_for("access.page", item_id=found.item_id), 303)


@blueprint.post("/items/<uuid:item_id>/access")
@_MAKERS
def ask(item_id: UUID) -> _Page | Response:
    """Ask."""

    def work(tx: Transaction) -> None:
        said = AskSchema().load(request.form.to_dict())
        commands.ask(tx, item_id=item_id, reason=said["reason"], reader=reader_of(tx.db, signed_in()))

    return _done(item_id, work)


@blueprint.post("/items/<uuid:item_id>/access/<uuid:request_id>/grant")
@_MAKERS
def grant(item_id: UUID, request_id: UUID) -> _Page | Response:
    """Open it to the school that asked."""
    return _done(
        item_id,
        lambda tx: commands.grant(tx, request_id=request_id, reader=reader_of(tx.db, signed_in())),
    )


@blueprint.post("/items/<uuid:item_id>/access/<uuid:request_id>/refusal")
@_MAKERS
def decline(item_id: UUID, request_id: UUID) -> _Page | Response:
    """Do not, and say why."""

    def work(tx: Transaction) -> None:
        said = AnswerSchema().load(request.form.to_dict())
        reader = reader_of(tx.db, signed_in())
        commands.decline(tx, request_id=request_id, answer=said["answer"], reader=reader)

    return _done(item_id, work)


@blueprint.post("/items/<uuid:item_id>/links")
@_MAKERS
def share(item_id: UUID) -> _Page | Response:
    """Make a link; it is shown once."""
    try:
        said = LinkSchema().load(request.form.to_dict())
        secret = command(
            lambda tx: commands.share(
                tx,
                item_id=item_id,
                reader=reader_of(tx.db, signed_in()),
                days=said["days"],
                note=said["note"],
            )
        )
    except (ValidationError, Invalid) as error:
        return _shown(item_id, error=error)
    return _shown(item_id, link=f"{edge().runtime.settings.base_url}/resources/shared/{secret}")


@blueprint.post("/items/<uuid:item_id>/links/<uuid:link_id>/end")
@_MAKERS
def end_link(item_id: UUID, link_id: UUID) -> _Page | Response:
    """Let a link lead nowhere."""
    return _done(
        item_id,
        lambda tx: commands.end_link(
            tx, item_id=item_id, link_id=link_id, reader=reader_of(tx.db, signed_in())
        ),
    )


@blueprint.get("/shared/<secret>")
@PUBLIC
def shared(secret: str) -> str:
    """What a link shows: what the item says, and its files where its licence lets them leave."""
    limited("shared", times=60, seconds=60)
    with reading() as db:
        item = item_by_link(db, secret, at=edge().runtime.clock())
        version = version_of(db, item, item.current_id)
        return render_template(
            "resources/shared.html",
            item=item,
            version=version,
            makers=makers_of(db, [item.id])[item.id],
            files=files_of(db, version.id),
            secret=secret,
            open=version.licence not in STAYS_INSIDE,
            KINDS=KINDS,
            STAGES=STAGES,
            LICENCES=LICENCES,
        )


def _done(item_id: UUID, work: object) -> _Page | Response:
    try:
        command(work)  # type: ignore[arg-type]  # each of the views hands in work for a transaction
    except (ValidationError, Invalid) as error:
        return _shown(item_id, error=error)
    return redirect(url_for("access.page", item_id=item_id), 303)


def _seen(db: object, item_id: UUID, reader: Reader) -> Item | None:
    try:
        return item_for(db, item_id, reader)  # type: ignore[arg-type]  # a session
    except NotFound:
        return None


def _shown(item_id: UUID, *, error: Exception | None = None, link: str = "") -> _Page:
    told: dict[str, Sentence] = {}
    if isinstance(error, ValidationError):
        told = sentences(error)
    elif isinstance(error, TongxingError):
        told = {error.field or "reason": error.sentence}
    with reading() as db:
        reader = reader_of(db, signed_in())
        item = _seen(db, item_id, reader)
        edits = item is not None and may_edit(
            reader, item, [school for school, _ in makers_of(db, [item_id])[item_id]]
        )
        rows = requests_for(db, item_id) if edits else []
        own = min(reader.makes, default=None)
        html = render_template(
            "resources/item_access.html",
            item_id=item_id,
            item=item,
            edits=edits,
            rows=rows,
            names={each.school_id: name_of(db, f"school:{each.school_id}") for each in rows},
            links=links_of(db, item_id) if edits else [],
            asked=request_of(db, item_id, own) if own else None,
            may_ask=own is not None,
            link=link,
            now=edge().runtime.clock(),
            typed=request.form,
            errors=told,
            LASTS=commands.LASTS,
        )
    return html if error is None else (html, int(getattr(error, "status", 422)))
