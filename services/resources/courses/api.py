"""What courses are made of, as JSON: the same commands as the page."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.resources.courses.commands import add_part, drop_part, move_up
from services.resources.courses.queries import parts_for
from services.resources.courses.schemas import PartSchema, PartShownSchema
from services.resources.items.queries.seeing import item_for, reader_of
from shared.auth import SIGNED_IN, holders
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "courses_api", __name__, url_prefix="/resources/api/v1/items", description="What courses are made of"
)

_MAKERS = holders("administrator", "coordinator", "liaison", "teacher")


@blueprint.get("/<uuid:item_id>/parts")
@SIGNED_IN
@blueprint.response(200, PartShownSchema(many=True))
def index(item_id: UUID) -> list[dict[str, Any]]:
    """The parts in order, as far as the reader may see them."""
    return _now(item_id)


@blueprint.post("/<uuid:item_id>/parts")
@_MAKERS
@blueprint.arguments(PartSchema)
@blueprint.response(200, PartShownSchema(many=True))
def add(asked: dict[str, UUID], item_id: UUID) -> list[dict[str, Any]]:
    """Put an item at the end of the course."""
    asks = signed_in()
    command(
        lambda tx: add_part(tx, course_id=item_id, item_id=asked["item_id"], reader=reader_of(tx.db, asks))
    )
    return _now(item_id)


@blueprint.delete("/<uuid:item_id>/parts/<uuid:part_id>")
@_MAKERS
@blueprint.response(204)
def drop(item_id: UUID, part_id: UUID) -> None:
    """Take an item out of the course."""
    asks = signed_in()
    command(lambda tx: drop_part(tx, course_id=item_id, item_id=part_id, reader=reader_of(tx.db, asks)))


@blueprint.post("/<uuid:item_id>/parts/<uuid:part_id>/up")
@_MAKERS
@blueprint.response(200, PartShownSchema(many=True))
def up(item_id: UUID, part_id: UUID) -> list[dict[str, Any]]:
    """Let it come one place earlier."""
    asks = signed_in()
    command(lambda tx: move_up(tx, course_id=item_id, item_id=part_id, reader=reader_of(tx.db, asks)))
    return _now(item_id)


def _now(item_id: UUID) -> list[dict[str, Any]]:
    with reading() as db:
        own = reader_of(db, signed_in())
        item_for(db, item_id, own)
        return [
            {"index": index, "item_id": item.id, "kind": item.kind, "title": item.title, "state": item.state}
            for index, item in parts_for(db, item_id, own)
        ]
