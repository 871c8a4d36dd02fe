"""The page of a course's parts."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.courses.commands import add_part, drop_part, move_up
from services.resources.courses.queries import parts_for
from services.resources.courses.schemas import PartSchema
from services.resources.items.model.words import KINDS, STATES
from services.resources.items.queries.listing import lines, makers_of
from services.resources.items.queries.seeing import item_for, may_edit, reader_of
from shared.auth import SIGNED_IN, holders
from shared.db import Transaction
from shared.errors import Invalid, TongxingError
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint("courses", __name__, url_prefix="/resources/items", template_folder="../templates")

_MAKERS = holders("administrator", "coordinator", "liaison", "teacher")
_Page = str | tuple[str, int]

#: Items that the form offers, the newest.
_OFFERED = 200


@blueprint.get("/<uuid:item_id>/parts")
@SIGNED_IN
def page(item_id: UUID) -> _Page:
    """What the course is made of, as far as the reader may see it."""
    return _shown(item_id)


@blueprint.post("/<uuid:item_id>/parts")
@_MAKERS
def add(item_id: UUID) -> _Page | Response:
    """Put an item at its end."""
    asks = signed_in()

    def work(tx: Transaction) -> None:
        said = PartSchema().load({name: value for name, value in request.form.items() if value})
        add_part(tx, course_id=item_id, item_id=said["item_id"], reader=reader_of(tx.db, asks))

    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return _shown(item_id, error=error)
    return redirect(url_for("courses.page", item_id=item_id), 303)


@blueprint.post("/<uuid:item_id>/parts/<uuid:part_id>/removal")
@_MAKERS
def drop(item_id: UUID, part_id: UUID) -> Response:
    """Take an item out of it."""
    asks = signed_in()
    command(lambda tx: drop_part(tx, course_id=item_id, item_id=part_id, reader=reader_of(tx.db, asks)))
    return redirect(url_for("courses.page", item_id=item_id), 303)


@blueprint.post("/<uuid:item_id>/parts/<uuid:part_id>/up")
@_MAKERS
def up(item_id: UUID, part_id: UUID) -> Response:
    """Let it come one place earlier."""
    asks = signed_in()
    command(lambda tx: move_up(tx, course_id=item_id, item_id=part_id, reader=reader_of(tx.db, asks)))
    return redirect(url_for("courses.page", item_id=item_id), 303)


def _shown(item_id: UUID, *, error: Exception | None = None) -> _Page:
    told: dict[str, Sentence] = {}
    if isinstance(error, ValidationError):
        told = sentences(error)
    elif isinstance(error, TongxingError):
        told = {error.field or "item_id": error.sentence}
    with reading() as db:
        own = reader_of(db, signed_in())
        course = item_for(db, item_id, own)
        parts = parts_for(db, item_id, own)
        edits = may_edit(own, course, [school for school, _ in makers_of(db, [item_id])[item_id]])
        there = {item.id for _, item in parts}
        offered = lines(db, own, limit=_OFFERED)[0] if edits else []
        html = render_template(
            "resources/course.html",
            course=course,
            parts=parts,
            edits=edits and course.kind == "course" and course.state != "retired",
            offered=[each for each in offered if each.item.id not in there and each.item.kind != "course"],
            errors=told,
            KINDS=KINDS,
            STATES=STATES,
        )
    return html if error is None else (html, int(getattr(error, "status", 422)))
