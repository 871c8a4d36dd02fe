"""Kinds of session as JSON: what a program may say in `kind`."""

from collections.abc import Sequence

from flask_smorest import Blueprint

from services.scheduling.hosting.model import PLANNERS
from services.scheduling.kinds.model import SessionKind
from services.scheduling.kinds.queries import all_kinds
from services.scheduling.kinds.schemas import SessionKindSchema
from shared.auth import readers
from shared.web.edge import reading

blueprint = Blueprint(
    "kinds_api", __name__, url_prefix="/scheduling/api/v1/kinds", description="Kinds of session"
)


@blueprint.get("")
@readers(*PLANNERS)
@blueprint.response(200, SessionKindSchema(many=True))
def index() -> Sequence[SessionKind]:
    """All of them in their order, those in use first."""
    with reading() as db:
        return all_kinds(db)
