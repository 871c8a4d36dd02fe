"""The blueprint, and what its pages ask of a request."""

from datetime import date

from flask import Blueprint
from sqlalchemy.orm import Session

from services.exchange.placements.queries.reaching import Asker, asker_of
from shared.web.edge import edge, signed_in
from shared.web.rendering import ZONE

blueprint = Blueprint(
    "communities",
    "services.exchange.mentoring.ui",
    url_prefix="/exchange/communities",
    template_folder="../../templates",
)

Page = str | tuple[str, int]


def asker(db: Session) -> Asker:
    """Who asks."""
    return asker_of(db, signed_in())


def today() -> date:
    """The day that it is in China."""
    return edge().runtime.clock().astimezone(ZONE).date()
