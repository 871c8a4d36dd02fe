"""Groups as JSON."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.scheduling.breakouts.commands import arrange
from services.scheduling.breakouts.policies import MAY
from services.scheduling.breakouts.queries import division_of
from services.scheduling.breakouts.schemas import ArrangeSchema, DivisionSchema
from services.scheduling.hosting.model import PLANNERS
from services.scheduling.sessions.queries import session_within
from shared.db import Transaction
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "breakouts_api",
    __name__,
    url_prefix="/scheduling/api/v1/sessions/<uuid:session_id>/breakouts",
    description="The groups in which people of a session work",
)


@blueprint.get("")
@MAY["see"]
@blueprint.response(200, DivisionSchema)
def show(session_id: UUID) -> dict[str, Any]:
    """The groups, with the ids of who is in them."""
    with reading() as db:
        session_within(db, session_id, signed_in().reads(*PLANNERS))
        found = division_of(db, session_id)
        return {"version": found.version if found else 0, "groups": found.groups if found else ()}


@blueprint.put("")
@MAY["divide"]
@blueprint.arguments(ArrangeSchema)
@blueprint.response(200, DivisionSchema)
def put(asked: dict[str, Any], session_id: UUID) -> dict[str, Any]:
    """Put these groups in place of those before; 412 where `seen` is no longer the version, 409 where a place is taken."""
    own = signed_in().scopes(*PLANNERS)

    def work(tx: Transaction) -> dict[str, Any]:
        made = arrange(tx, session_id=session_id, scopes=own, **asked)
        return {"version": made.version, "groups": made.groups}

    return command(work)
