"""The page on which several schools develop an item."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.developing import commands
from services.resources.developing.model import ROLES
from services.resources.developing.queries import parts_of, remarks_of
from services.resources.developing.schemas import PartSchema, RemarkSchema
from services.resources.items.queries.listing import makers_of
from services.resources.items.queries.seeing import item_for, may_edit, no_such_item, reader_of
from shared.auth import holders
from shared.db import Transaction
from shared.errors import Invalid, TongxingError
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint("developing", __name__, url_prefix="/resources/items", template_folder="../templates")

_MAKERS = holders("administrator", "coordinator", "liaison", "teacher")
_Page = str | tuple[str, int]


@blueprint.get("/<uuid:item_id>/development")
@_MAKERS
def page(item_id: UUID) -> _Page:
    """Who does what, and what was said."""
    return _shown(item_id)


@blueprint.post("/<uuid:item_id>/development/schools")
@_MAKERS
def ask(item_id: UUID) -> _Page | Response:
    """Ask a school to take part."""

    def work(tx: Transaction) -> None:
        said = PartSchema().load(request.form.to_dict())
        reader = reader_of(tx.db, signed_in())
        commands.ask_school(tx, item_id=item_id, reader=reader, **said)

    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return _shown(item_id, error=error, typed=request.form.to_dict())
    return _back(item_id)


@blueprint.post("/<uuid:item_id>/development/schools/<uuid:school_id>/release")
@_MAKERS
def release(item_id: UUID, school_id: UUID) -> Response:
    """Let a school take part no more."""
    command(
        lambda tx: commands.release_school(
            tx, item_id=item_id, school_id=school_id, reader=reader_of(tx.db, signed_in())
        )
    )
    return _back(item_id)


@blueprint.post("/<uuid:item_id>/development/schools/<uuid:school_id>/completion")
@_MAKERS
def done(item_id: UUID, school_id: UUID) -> Response:
    """Say that a part is done."""
    command(
        lambda tx: commands.say_done(
            tx, item_id=item_id, school_id=school_id, reader=reader_of(tx.db, signed_in())
        )
    )
    return _back(item_id)


@blueprint.post("/<uuid:item_id>/development/remarks")
@_MAKERS
def remark(item_id: UUID) -> _Page | Response:
    """Say something about it."""

    def work(tx: Transaction) -> None:
        said = RemarkSchema().load(request.form.to_dict())
        commands.remark(tx, item_id=item_id, text=said["text"], reader=reader_of(tx.db, signed_in()))

    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return _shown(item_id, error=error, typed=request.form.to_dict())
    return _back(item_id)


def _back(item_id: UUID) -> Response:
    return redirect(url_for("developing.page", item_id=item_id), 303)


def _shown(item_id: UUID, *, error: Exception | None = None, typed: dict[str, str] | None = None) -> _Page:
    told: dict[str, Sentence] = {}
    if isinstance(error, ValidationError):
        told = sentences(error)
    elif isinstance(error, TongxingError):
        told = {error.field or "school": error.sentence}
    with reading() as db:
        reader = reader_of(db, signed_in())
        item = item_for(db, item_id, reader)
        makers = makers_of(db, [item_id])[item_id]
        if not may_edit(reader, item, [school for school, _ in makers]):
            raise no_such_item()
        html = render_template(
            "resources/item_development.html",
            item=item,
            makers=makers,
            names=dict(makers),
            parts=parts_of(db, item_id),
            remarks=remarks_of(db, item_id),
            own=reader.makes,
            typed=typed or {},
            errors=told,
            ROLES=ROLES,
        )
    return html if error is None else (html, int(getattr(error, "status", 422)))
