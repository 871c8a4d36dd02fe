"""What readers think of an item, as JSON: the same commands as the page."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.resources.items.queries.listing import versions_of
from services.resources.items.queries.seeing import item_for, reader_of
from services.resources.ratings.commands import rate, take_back
from services.resources.ratings.queries import ratings_of, sums_by_version
from services.resources.ratings.schemas import RatedSchema, RatingSchema
from shared.auth import SIGNED_IN, holders
from shared.db import Transaction
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "ratings_api", __name__, url_prefix="/resources/api/v1/items", description="What readers think of items"
)

_RATERS = holders("administrator", "coordinator", "liaison", "teacher")


@blueprint.get("/<uuid:item_id>/ratings")
@SIGNED_IN
@blueprint.response(200, RatedSchema)
def index(item_id: UUID) -> dict[str, Any]:
    """What was said of its versions, the newest first, and what that comes to for each."""
    return _now(item_id)


@blueprint.put("/<uuid:item_id>/ratings/own")
@_RATERS
@blueprint.arguments(RatingSchema)
@blueprint.response(200, RatedSchema)
def say(asked: dict[str, Any], item_id: UUID) -> dict[str, Any]:
    """Say what one thinks of the published version, in the place of what one said of it before."""
    asks = signed_in()

    def work(tx: Transaction) -> None:
        rate(tx, item_id=item_id, reader=reader_of(tx.db, asks), **asked)

    command(work)
    return _now(item_id)


@blueprint.delete("/<uuid:item_id>/ratings/own")
@_RATERS
@blueprint.response(204)
def unsay(item_id: UUID) -> None:
    """Take it back."""
    asks = signed_in()
    command(lambda tx: take_back(tx, item_id=item_id, reader=reader_of(tx.db, asks)))


def _now(item_id: UUID) -> dict[str, Any]:
    own = signed_in().actor
    with reading() as db:
        item_for(db, item_id, reader_of(db, signed_in()))
        said = ratings_of(db, item_id)
        indexes = {each.id: each.index for each in versions_of(db, item_id)}
        sums = sums_by_version(db, indexes)
    return {
        "versions": [
            {"index": indexes[each], "count": rated.count, "mean": round(rated.mean, 2)}
            for each, rated in sorted(sums.items(), key=lambda one: -indexes[one[0]])
        ],
        "ratings": [
            {
                "index": each.index,
                "stars": each.rating.stars,
                "text": each.rating.text,
                "at": each.rating.at,
                "school_id": each.rating.school_id,
                "own": each.rating.by == own,
            }
            for each in said
        ],
    }
