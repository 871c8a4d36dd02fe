"""Use as JSON: the figures of the pages."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.resources.items.queries.seeing import item_for, reader_of
from services.resources.use.policies import NO_SCHOOL, day_of
from services.resources.use.queries.comparing import Standing, standings
from services.resources.use.queries.counting import by_school, by_week, lag_of
from services.resources.use.schemas import ItemUseSchema, StandingSchema
from shared.auth import SIGNED_IN, readers
from shared.web.edge import edge, reading, signed_in
from shared.web.scopes import narrowed

blueprint = Blueprint("use_api", __name__, url_prefix="/resources/api/v1", description="Who uses what")

_YEAR = timedelta(days=365)
_LOOKING = readers("administrator", "coordinator", "liaison")


@blueprint.get("/items/<uuid:item_id>/use")
@SIGNED_IN
@blueprint.response(200, ItemUseSchema)
def item(item_id: UUID) -> dict[str, Any]:
    """Whose people use an item and how, over all, and how often in each week of a year, by its Monday."""
    with reading() as db:
        found = item_for(db, item_id, reader_of(db, signed_in()))
        lag = lag_of(db)
        return {
            "schools": [
                {"school_id": None if school == NO_SCHOOL else school, "uses": uses}
                for school, uses in by_school(db, found.id)
            ],
            "weeks": dict(
                sorted(by_week(db, found.id, since=day_of(edge().runtime.clock() - _YEAR)).items())
            ),
            "not_counted": lag.clicks,
            "since": lag.since,
        }


@blueprint.get("/use")
@_LOOKING
@blueprint.response(200, StandingSchema(many=True))
def index() -> list[Standing]:
    """Schools by what they share and what of it others use."""
    since = day_of(edge().runtime.clock() - _YEAR)
    asks = signed_in()
    with reading() as db:
        return standings(db, narrowed(asks.reads("administrator", "coordinator", "liaison")), since=since)
