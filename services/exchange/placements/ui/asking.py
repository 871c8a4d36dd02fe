"""The blueprint, and what its pages ask of a request."""

from datetime import date

from flask import Blueprint
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from services.exchange.placements.model import STATES
from services.exchange.placements.policies import Asker
from services.exchange.placements.queries.reaching import asker_of
from shared.errors import TongxingError
from shared.text import Sentence
from shared.web.edge import edge, reading, signed_in
from shared.web.rendering import ZONE
from shared.web.spoken import sentences

blueprint = Blueprint(
    "placements", "services.exchange.placements.ui", url_prefix="/exchange", template_folder="../../templates"
)

Page = str | tuple[str, int]

#: How each state looks: the chip.
CHIPS = {
    "applied": "waiting",
    "nominated": "waiting",
    "accepted": "waiting",
    "agreed": "chosen",
    "active": "done",
    "midterm": "done",
    "returned": "waiting",
    "appraised": "waiting",
    "closed": "plain",
    "refused": "failed",
    "withdrawn": "plain",
    "ended_early": "conflict",
}
LOOKS = {state: (CHIPS[state], word) for state, word in STATES.items()}

#: The month in which a school year begins.
_SEPTEMBER = 9


def asker(db: Session) -> Asker:
    """Who asks, with who they are in the roster."""
    return asker_of(db, signed_in())


def who_asks() -> Asker:
    """Who asks, before a command is begun."""
    with reading() as db:
        return asker(db)


def today() -> date:
    """The day that it is in China."""
    return edge().runtime.clock().astimezone(ZONE).date()


def school_year(day: date) -> int:
    """The year in which the school year of a day began."""
    return day.year if day.month >= _SEPTEMBER else day.year - 1


def errors_of(error: ValidationError | TongxingError) -> dict[str, Sentence]:
    """A sentence for each field."""
    return sentences(error) if isinstance(error, ValidationError) else {error.field or "": error.sentence}
