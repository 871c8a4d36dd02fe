"""Logs as JSON."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.exchange.duties.commands import answer_duty, log_duty
from services.exchange.duties.policies import MAY, Entry
from services.exchange.duties.queries.logs import log_of, progress
from services.exchange.duties.schemas import AnswerSchema, EntrySchema, LogSchema
from services.exchange.placements.queries.reaching import Asker, asker_of, reached
from shared.ids import uuid7
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "duties_api", __name__, url_prefix="/exchange/api/v1/placements", description="Logs of placements"
)


@blueprint.get("/<uuid:placement_id>/duties")
@MAY["see"]
@blueprint.response(200, LogSchema)
def log(placement_id: UUID) -> dict[str, Any]:
    """A placement's log, and how far it is with its targets."""
    return _log(placement_id, _asker())


@blueprint.post("/<uuid:placement_id>/duties")
@MAY["write"]
@blueprint.arguments(EntrySchema)
@blueprint.response(201, LogSchema)
def write(entry: Entry, placement_id: UUID) -> dict[str, Any]:
    """Write what was done."""
    id_, who = uuid7(), _asker()
    command(lambda tx: log_duty(tx, id_=id_, placement_id=placement_id, entry=entry, asker=who).id)
    return _log(placement_id, who)


@blueprint.post("/<uuid:placement_id>/duties/<uuid:duty_id>/answer")
@MAY["answer"]
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, LogSchema)
def answer(said: dict[str, Any], placement_id: UUID, duty_id: UUID) -> dict[str, Any]:
    """Confirm, decline or withdraw an entry."""
    who = _asker()
    command(lambda tx: answer_duty(tx, duty_id=duty_id, asker=who, **said).id)
    return _log(placement_id, who)


def _log(placement_id: UUID, who: Asker) -> dict[str, Any]:
    with reading() as db:
        placement = reached(db, placement_id, who)
        return {
            "progress": progress(db, [placement])[placement_id],
            "duties": log_of(db, placement_id),
        }


def _asker() -> Asker:
    with reading() as db:
        return asker_of(db, signed_in())
